export const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
};

export const lines = { 7000: 'annai', 7001: 'daihyo', 7002: 'call-center', 7003: 'kinen', 7119: 'saigai' };

/** The recorder's configuration for the Asterisk that the environment names. */
export const settings = () => ({
  ariUrl: required('ASTERISK_ARI_URL'),
  user: required('ASTERISK_ARI_USER'),
  passwordEnv: 'ASTERISK_ARI_PASSWORD',
  app: required('ASTERISK_APP'),
  site: 'honcho',
  lines,
  announcement: 'madoguchi/announce',
  operator: 'Local/operator@madoguchi-operator',
  celFile: required('ASTERISK_CEL'),
  cdrFile: required('ASTERISK_CDR'),
  monitorDir: required('ASTERISK_MONITOR_DIR'),
});
