import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { LockstepError } from '../../errors.ts';

export interface EncryptionKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** Where a sealed value lives. It opens nowhere else: copied to another row it is unreadable. */
export interface VaultPlace {
  readonly table: string;
  readonly rowId: string;
  readonly column: string;
  readonly organizationId: string;
}

const algorithm = 'aes-256-gcm';
const version = 'v1';
/** NIST SP 800-38D: 96 bits at random, safe for 2^32 values per key. */
const nonceBytes = 12;
/** Must be given when decrypting too: Node otherwise accepts a tag of 4 bytes. */
const authTagLength = 16;

/**
 * Seals tokens at rest as `v1:<key id>:<base64url of nonce, ciphertext, tag>`. The first key seals,
 * every key opens, so that a key can be retired while old values are re-sealed.
 */
export class Vault {
  readonly #current: EncryptionKey;
  readonly #keys: ReadonlyMap<string, EncryptionKey>;

  /** @throws LockstepError CONFIGURATION without a usable key */
  constructor(keys: readonly EncryptionKey[]) {
    const [current] = keys;
    const usable = keys.every(({ id, key }) => key.length === 32 && /^[^:]+$/.test(id));
    if (!current || !usable || new Set(keys.map(({ id }) => id)).size !== keys.length) {
      throw new LockstepError(
        'CONFIGURATION',
        'The token vault needs keys of 32 bytes, each with an id of its own. Check TOKEN_ENCRYPTION_KEYS.',
      );
    }
    this.#current = current;
    this.#keys = new Map(keys.map((key) => [key.id, key]));
  }

  /** A different text each time, for the same value too. */
  seal(value: string, place: VaultPlace): string {
    const { id, key } = this.#current;
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, key, nonce, { authTagLength });
    cipher.setAAD(associatedData(place, id));
    const parts = [nonce, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()];
    return `${version}:${id}:${Buffer.concat(parts).toString('base64url')}`;
  }

  /** @throws LockstepError CREDENTIALS_UNREADABLE: key unknown, value damaged, or moved from its row */
  open(sealed: string, place: VaultPlace): string {
    const [format, id = '', text = '', ...rest] = sealed.split(':');
    const known = this.#keys.get(id);
    if (format !== version || rest.length > 0 || !known) {
      throw unreadable(place, known ? 'its format is unknown' : 'its key is not configured');
    }
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length < nonceBytes + authTagLength) throw unreadable(place, 'it is damaged');
    const tagStart = bytes.length - authTagLength;
    try {
      const decipher = createDecipheriv(algorithm, known.key, bytes.subarray(0, nonceBytes), {
        authTagLength,
      });
      decipher.setAAD(associatedData(place, id));
      decipher.setAuthTag(bytes.subarray(tagStart));
      const opened = decipher.update(bytes.subarray(nonceBytes, tagStart));
      // Only after final() is the plaintext known to be what was sealed.
      return Buffer.concat([opened, decipher.final()]).toString('utf8');
    } catch (cause) {
      throw unreadable(place, 'it is damaged or was sealed for another row', cause);
    }
  }

  /** Whether the value should be sealed anew because its key is no longer the first. */
  isStale(sealed: string): boolean {
    return !sealed.startsWith(`${version}:${this.#current.id}:`);
  }
}

/** JSON keeps the parts apart, whatever they contain. */
function associatedData(place: VaultPlace, keyId: string): Buffer {
  const { table, rowId, column, organizationId } = place;
  return Buffer.from(JSON.stringify([table, rowId, column, organizationId, keyId]), 'utf8');
}

function unreadable(place: VaultPlace, why: string, cause?: unknown): LockstepError {
  return new LockstepError(
    'CREDENTIALS_UNREADABLE',
    `Stored credentials cannot be read: ${why}. Restore the encryption key they were sealed with, or connect the account again.`,
    { cause: new Error(`${place.table}.${place.column} of ${place.rowId}`, { cause }) },
  );
}
