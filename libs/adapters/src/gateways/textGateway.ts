import { type TextGateway } from '@muster/messaging/gateways';
import { gatewayIdIn } from './gatewayIdIn.ts';
import { type GatewaySettings, postToGateway } from './postToGateway.ts';

/**
 * The text gateways that companies name, asked over HTTPS as `postToGateway` describes, with the body
 *
 *     {"type": "text", "channel": "1217", "msisdn": "4512345678", "text": "Thank you", "senderAlias": null}
 *
 * They answer `{"id": "…"}` (up to 100 visible characters) with 2xx once they have taken the text; with 410 or any other 4xx
 * that does not ask to come again, they will never send it. 2xx with anything else says that it was taken and not under
 * which id: asked again under the same key, the gateway says so without sending it twice.
 */
export function textGateway(settings: GatewaySettings): TextGateway {
  return {
    async send(at, { key, channel, msisdn, text, senderAlias }, signal) {
      const body = { type: 'text', channel, msisdn, text, senderAlias };
      const answer = await postToGateway({ kind: 'text', at, key, body, tells: isSent, signal }, settings);
      return { gatewayId: gatewayIdIn(answer) };
    },
  };
}

const isSent = (status: number) => status >= 200 && status <= 299;
