import { type Guard } from './guard.ts';

const post = 'libs/adapters/src/gateways/postToGateway.ts';
const asked = ['libs/adapters/src/gateways/postToGateway.integration.test.ts'];
const paid = ['libs/adapters/src/gateways/paymentGateway.integration.test.ts'];

/** What keeps a text from being sent twice, and a number from being charged twice or for nothing. */
export const gatewayGuards: Guard[] = [
  {
    name: 'a gateway is asked again under the same key',
    why: 'a charge whose answer was lost would be made twice',
    file: post,
    find: 'const body = JSON.stringify(fields);',
    replace: 'const body = JSON.stringify(fields); key += performance.now();',
    tests: paid,
  },
  {
    name: 'a gateway is redirected nowhere',
    why: 'numbers and amounts would go to whoever a gateway names',
    file: post,
    find: 'followRedirect: false',
    replace: 'followRedirect: true',
    tests: asked,
  },
  {
    name: 'an answer that leaves it open is neither a yes nor a no',
    why: 'a charge that the gateway is still at would be given up, and perhaps made',
    file: 'libs/adapters/src/gateways/gatewayFailures.ts',
    find: 'status >= 500 || LATER.has(status)',
    replace: 'status >= 500',
    tests: asked,
  },
  {
    name: 'only what has an id was done',
    why: 'an empty answer of somebody on the way would count as a charge',
    file: 'libs/adapters/src/gateways/gatewayIdIn.ts',
    find: 'if (id !== undefined) return id;',
    replace: "return id ?? 'unknown';",
    tests: asked,
  },
  {
    name: 'only a 402 with a code is a refusal',
    why: "a proxy's 402 would end a subscription",
    file: 'libs/adapters/src/gateways/paymentGateway.ts',
    find: "code !== undefined && typeof methodLost === 'boolean'",
    replace: "typeof methodLost === 'boolean'",
    tests: paid,
  },
];
