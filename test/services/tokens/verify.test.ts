import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJwksVerifier } from '../../../src/services/tokens/jwks-verifier.ts';
import { createSecretVerifier } from '../../../src/services/tokens/secret-verifier.ts';

const userId = '11111111-1111-4111-8111-111111111111';
const expected = { issuer: 'https://sign-in.test', audience: 'lockstep' };
const secretText = 'a secret of thirty-two bytes, ok';
const secret = new TextEncoder().encode(secretText);
const now = new Date('2026-05-01T12:00:00Z');
const seconds = now.getTime() / 1000;
const clock = () => now;

interface Claims {
  sub?: string;
  iss?: string;
  aud?: string;
  exp?: number;
  nbf?: number;
}
const good: Claims = {
  sub: userId,
  iss: expected.issuer,
  aud: expected.audience,
  exp: seconds + 60,
};

const signed = (claims: Claims, key: CryptoKey | Uint8Array = secret, header = {}) =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256', ...header }).sign(key);
const refused = (text: RegExp, code = 'UNAUTHENTICATED') =>
  expect.objectContaining({ code, message: expect.stringMatching(text) });

describe('a token signed with the shared secret', () => {
  const verifier = createSecretVerifier(secretText, expected, clock);

  it('is accepted and names user and expiry', async () => {
    await expect(verifier.verify(await signed(good))).resolves.toEqual({
      userId,
      expiresAt: new Date((seconds + 60) * 1000),
    });
  });

  it.each<[string, Claims, RegExp]>([
    ['expired one second ago', { ...good, exp: seconds - 1 }, /expired/],
    ['expiring this second', { ...good, exp: seconds }, /expired/],
    ['of another issuer', { ...good, iss: 'https://other.test' }, /"iss"/],
    ['for another audience', { ...good, aud: 'other' }, /"aud"/],
    ['of a subject that is no user id', { ...good, sub: "x' or 1=1" }, /no known user/],
    ['not valid for another five minutes', { ...good, nbf: seconds + 300 }, /"nbf"/],
  ])('is refused when %s', async (_, claims, text) => {
    await expect(verifier.verify(await signed(claims))).rejects.toEqual(refused(text));
  });

  it.each(['exp', 'sub', 'iss', 'aud'] as const)('is refused without %s', async (claim) => {
    const { [claim]: _, ...rest } = good;
    await expect(verifier.verify(await signed(rest))).rejects.toEqual(
      refused(new RegExp(`"${claim}" is missing`)),
    );
  });

  it('bears a clock that runs up to a minute behind for nbf', async () => {
    await expect(
      verifier.verify(await signed({ ...good, nbf: seconds + 50 })),
    ).resolves.toMatchObject({ userId });
  });

  it('is refused when signed with another secret, unsigned, cut or huge', async () => {
    const other = new TextEncoder().encode('another secret of thirty-two byte');
    const unsigned = new UnsecuredJWT({ ...good }).encode();
    const tokens = [await signed(good, other), unsigned, (await signed(good)).slice(0, -3), 'x'];
    for (const token of tokens) {
      await expect(verifier.verify(token)).rejects.toEqual(refused(/not valid here/));
    }
    await expect(verifier.verify('a'.repeat(65_536))).rejects.toEqual(refused(/longer than 8192/));
  });

  it('needs no kid and ignores a hostile one', async () => {
    const token = await signed(good, secret, { kid: '../../etc/passwd' });
    await expect(verifier.verify(token)).resolves.toMatchObject({ userId });
  });

  it('cannot be set up with a short secret', () => {
    expect(() => createSecretVerifier('short', expected, clock)).toThrow(/5 bytes; it needs 32/);
  });
});

describe('a token signed by a sign-in service with published keys', () => {
  let server: Server;
  let url: string;
  let privateKey: CryptoKey;
  let publicKeyText: string;

  beforeAll(async () => {
    const pair = await generateKeyPair('RS256');
    privateKey = pair.privateKey;
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256' };
    publicKeyText = JSON.stringify(jwk);
    server = createServer((request, response) => {
      const found = request.url === '/keys';
      response.writeHead(found ? 200 : 500, { 'content-type': 'application/json' });
      response.end(found ? JSON.stringify({ keys: [jwk] }) : '<html>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const rsa = (header: object) => signed(good, privateKey, { alg: 'RS256', ...header });

  it('is accepted by its key id', async () => {
    const verifier = createJwksVerifier(`${url}/keys`, expected, clock);
    await expect(verifier.verify(await rsa({ kid: 'one' }))).resolves.toMatchObject({ userId });
  });

  it('is refused with an unknown or hostile key id', async () => {
    const verifier = createJwksVerifier(`${url}/keys`, expected, clock);
    for (const kid of ['two', '../../x', "' or 1=1"]) {
      await expect(verifier.verify(await rsa({ kid }))).rejects.toEqual(refused(/not valid here/));
    }
  });

  it('is refused when the public key was used as an HS256 secret', async () => {
    const verifier = createJwksVerifier(`${url}/keys`, expected, clock);
    const forged = await signed(good, new TextEncoder().encode(publicKeyText), { kid: 'one' });
    await expect(verifier.verify(forged)).rejects.toEqual(refused(/not valid here/));
  });

  it('is neither accepted nor called invalid while the keys cannot be fetched', async () => {
    const down = createJwksVerifier(`${url}/down`, expected, clock);
    const nobody = createJwksVerifier('http://127.0.0.1:1/keys', expected, clock);
    const token = await rsa({ kid: 'one' });
    await expect(down.verify(token)).rejects.toEqual(refused(/cannot be fetched/, 'UNAVAILABLE'));
    await expect(nobody.verify(token)).rejects.toEqual(refused(/cannot be fetched/, 'UNAVAILABLE'));
  });
});
