import { gatewayMalformed } from './gatewayFailures.ts';
import { type GatewayAnswer } from './postToGateway.ts';
import { visibleText } from './visibleText.ts';

const MOST_CHARACTERS = 100;

/** The gateway's own id of what it has done. Without a usable one its answer is none: it is asked for again. */
export function gatewayIdIn({ gateway, told }: GatewayAnswer): string {
  const id = visibleText(told['id'], MOST_CHARACTERS);
  if (id !== undefined) return id;
  throw gatewayMalformed(gateway, `answers without an id of 1 to ${MOST_CHARACTERS} visible characters`);
}
