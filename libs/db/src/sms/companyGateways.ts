import { type Database } from '@muster/core/database';
import { type SecretBox } from '@muster/core/secretBox';
import { type CompanyGateways } from '@muster/messaging/inbox';
import { companySecretPlace, type GatewayChannel, type SealedCallee } from '../companySettings.ts';

/** Where a company's gateways are, with what signs what they are sent. Throws what the box throws. */
export async function readGateways(db: Database, box: SecretBox, companyId: string): Promise<CompanyGateways> {
  const [row] = await db.query<{ gateways: Partial<Record<GatewayChannel, SealedCallee>> | null }>(
    'select gateways from company where id = $1',
    [companyId],
  );
  const at = (channel: 'text' | 'payment') => {
    const callee = row?.gateways?.[channel];
    if (!callee) return null;
    const { url, secret } = callee;
    const place = companySecretPlace(companyId, `gateways.${channel}`);
    return { url, secret: secret === null ? null : box.open(secret, place) };
  };
  return { text: at('text'), payment: at('payment') };
}
