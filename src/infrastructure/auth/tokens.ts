import * as E from 'fp-ts/lib/Either.js';
import { createLocalJWKSet, importJWK, jwtVerify, SignJWT, type JSONWebKeySet, type JWK } from 'jose';
import { Actor, HumanRole } from '../../domain/kernel/actor.js';
import { integer, record } from '../../domain/kernel/codec.js';
import { decode, type DomainErrors } from '../../domain/kernel/errors.js';
import { DepartmentCode, StaffId } from '../../domain/kernel/ids.js';
import { publicPart } from './token-keys.js';

const DEVELOPMENT_ISSUER = 'madoguchi-development';
const AUDIENCE = 'madoguchi';
/** A token opens personal data: it outlives no shift. */
const MAX_LIFETIME = '12h';

/** Whose token: the roles that the system itself acts as are not among them. */
const TokenSubject = record(
  'TokenSubject',
  { subject: StaffId, role: HumanRole, hours: integer(1, 12, 'How long it is valid.') },
  { department: DepartmentCode },
);

/** Checks bearer tokens (JWT, RFC 7519): signature, issuer, audience, times, and the claims sub, role, department. */
export class TokenVerifier {
  private readonly keys: ReturnType<typeof createLocalJWKSet>;

  constructor(
    keys: JSONWebKeySet,
    private readonly issuer: string,
  ) {
    this.keys = createLocalJWKSet(keys);
  }

  /** Undefined when the token is not one of ours or not valid now; why, is nobody's business. */
  async actor(token: string): Promise<Actor | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        algorithms: ['EdDSA', 'Ed25519', 'ES256', 'RS256', 'PS256'],
        issuer: this.issuer,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'exp', 'iat'],
        maxTokenAge: MAX_LIFETIME,
        clockTolerance: 5,
      });
      const { sub, role, department } = payload;
      const claims = { subject: sub, role, ...(department !== undefined && { department }) };
      return HumanRole.is(role) && Actor.is(claims) ? claims : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Checks the tokens of the development issuer. */
export const developmentVerifier = (key: JWK): TokenVerifier =>
  new TokenVerifier({ keys: [publicPart(key)] }, DEVELOPMENT_ISSUER);

/** A token of the development issuer, or what is wrong with whom it was asked for. */
export const issueToken = async (key: JWK, asked: unknown): Promise<E.Either<DomainErrors, string>> => {
  const decoded = decode(TokenSubject, asked);
  if (E.isLeft(decoded)) return decoded;
  const { subject, role, department, hours } = decoded.right;
  const token = new SignJWT({ role, ...(department !== undefined && { department }) })
    .setProtectedHeader({ alg: 'EdDSA', ...(key.kid !== undefined && { kid: key.kid }) })
    .setSubject(subject)
    .setIssuer(DEVELOPMENT_ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(`${hours}h`);
  return E.right(await token.sign(await importJWK(key, 'EdDSA')));
};
