-- Two databases, each with a user of its own that reaches no other: keys are backed up apart from all else.
\set keys_password `cat /run/secrets/keys_password`
\set madoguchi_password `cat /run/secrets/madoguchi_password`

CREATE ROLE keys LOGIN PASSWORD :'keys_password';
CREATE ROLE madoguchi LOGIN PASSWORD :'madoguchi_password';

CREATE DATABASE keys OWNER keys;
CREATE DATABASE madoguchi OWNER madoguchi;
REVOKE ALL ON DATABASE keys, madoguchi, postgres FROM PUBLIC;
