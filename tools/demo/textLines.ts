import { type factsOf } from './factsOf.ts';

/** How to bring a text in with curl, and to see what came of it: lines for a shell. Keys are read from the file. */
export function textLines({ smsUrl, sentUrl, chargedUrl }: ReturnType<typeof factsOf>, demoJson: string): string[] {
  return [
    `key=$(node -p "JSON.parse(fs.readFileSync('${demoJson}')).carrierApiKey")`,
    `body='{"messageId":"'$RANDOM$RANDOM'","msisdn":"4520123456","channel":"1217","text":"GIV"}'`,
    `md5=$(node -p "crypto.createHash('md5').update(process.argv[1]).digest('hex')" "$body")`,
    `curl -H "Authorization: $key" -H "Content-MD5: $md5" -H 'Content-Type: application/json' -d "$body" ${smsUrl}/SmsMO`,
    `curl ${sentUrl} ${chargedUrl}`,
  ];
}
