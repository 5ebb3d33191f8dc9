// The Secure Remote Password protocol as Cognito's user pools speak it: the browser proves that it knows the password without sending it.
// Source: RFC 5054 (the 3072-bit group of its appendix A) and RFC 2945; where Cognito differs, as Amazon's own clients do.

import { base64, fromBase64, fromHex, hash, hex, hmacOf, utf8 } from "./hash.ts";

const N = BigInt(
  "0xFFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245" +
    "E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F" +
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9" +
    "DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7" +
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB31" +
    "43DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
);
const G = 2n;
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** What a user pool asks after the first message. */
export interface PasswordChallenge {
  readonly SALT: string;
  readonly SRP_B: string;
  /** Base64; sent back as it is. */
  readonly SECRET_BLOCK: string;
  readonly USER_ID_FOR_SRP: string;
}

/** One attempt to prove a password. `secret` are random bytes, 32 or more (RFC 5054, 2.5.4), used once. */
export class PasswordProof {
  readonly #secret: bigint;
  readonly #public: bigint;

  /** `poolId` such as `us-east-1_AbCd`. */
  constructor(
    private readonly poolId: string,
    secret: Uint8Array,
  ) {
    this.#secret = BigInt(`0x${hex(secret)}`);
    this.#public = power(G, this.#secret);
  }

  /** The first message, `SRP_A`, in hexadecimal. */
  get srpA(): string {
    return this.#public.toString(16);
  }

  /** The answer to the challenge: a signature that only the password's owner can make. Throws Error for a challenge no honest server sends. */
  answer(challenge: PasswordChallenge, password: string, now: number): Record<string, string> {
    const poolName = this.poolId.split("_")[1] ?? this.poolId;
    const timestamp = timestampOf(new Date(now));
    const identity = utf8(poolName + challenge.USER_ID_FOR_SRP);
    const message = joined(identity, fromBase64(challenge.SECRET_BLOCK), utf8(timestamp));
    const key = this.#key(challenge, `${poolName}${challenge.USER_ID_FOR_SRP}:${password}`);
    return {
      USERNAME: challenge.USER_ID_FOR_SRP,
      PASSWORD_CLAIM_SECRET_BLOCK: challenge.SECRET_BLOCK,
      PASSWORD_CLAIM_SIGNATURE: base64(hmacOf(key, message)),
      TIMESTAMP: timestamp,
    };
  }

  #key({ SALT, SRP_B }: PasswordChallenge, credentials: string): Uint8Array {
    const serverPublic = BigInt(`0x${SRP_B}`);
    const u = number(hash(joined(padded(this.#public), padded(serverPublic))));
    if (serverPublic % N === 0n || u === 0n) throw new Error("the sign-in service answered with a number it must not use");
    const x = number(hash(joined(padded(BigInt(`0x${SALT}`)), hash(utf8(credentials)))));
    const k = number(hash(joined(padded(N), padded(G))));
    const base = (((serverPublic - k * power(G, x)) % N) + N) % N;
    const shared = power(base, this.#secret + u * x);
    const extracted = hmacOf(padded(u), padded(shared)); // HKDF, RFC 5869, with one block of output
    return hmacOf(extracted, joined(utf8("Caldera Derived Key"), Uint8Array.of(1))).slice(0, 16);
  }
}

/** `base ** exponent % N` by squaring. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base % N, left = exponent; left > 0n; left >>= 1n, square = (square * square) % N) {
    if (left & 1n) result = (result * square) % N;
  }
  return result;
}

/** A number's bytes with a zero before a leading bit that is set, as Java's BigInteger writes a positive number: that is what Cognito hashes. */
function padded(value: bigint): Uint8Array {
  const digits = value.toString(16);
  const even = digits.length % 2 ? `0${digits}` : digits;
  return fromHex(/^[89a-f]/.test(even) ? `00${even}` : even);
}

function number(bytes: Uint8Array): bigint {
  return BigInt(`0x${hex(bytes)}`);
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** `Fri Feb 12 09:05:00 UTC 2016`, in English and without a zero before the day, whatever the browser's language. */
function timestampOf(date: Date): string {
  const time = date.toISOString().slice(11, 19);
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()} ${time} UTC ${date.getUTCFullYear()}`;
}
