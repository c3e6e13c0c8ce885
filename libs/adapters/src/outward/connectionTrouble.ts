import { codeOf, MusterError } from '@muster/core/errors';

/** Why an address could not be asked, or did not finish its answer. */
export interface ConnectionTrouble {
  /** The address guard's own error, where it is that. */
  refusal: MusterError | undefined;
  code: string;
  /** It shows a certificate that cannot be trusted. */
  isUntrusted: boolean;
  /** Goes on with a sentence that begins with who was asked. */
  how: string;
}

/** What an HTTP client's error may be told of: it may hold the address with its key, so that only its code is taken over. */
export function connectionTrouble(error: unknown): ConnectionTrouble {
  const { cause } = error as { cause?: unknown };
  const code = codeOf(error) ?? 'unknown';
  const how = /^(ENOTFOUND|EAI_AGAIN)$/.test(code) ? 'has a name that nobody knows' : 'cannot be reached or broke off';
  return {
    refusal: cause instanceof MusterError ? cause : undefined,
    ...{ code, isUntrusted: /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code), how: `${how} (${code})` },
  };
}
