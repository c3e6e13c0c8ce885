import { type Refusal } from './fields.ts';
import { nearest } from './nearest.ts';

/** What a campaign's `fileNameTemplate` may say in braces. */
export const fileNameTokens = ['campaignId', 'externalId', 'runId', 'date', 'time', 'kind'] as const;

const ALL = fileNameTokens.map((token) => `{${token}}`).join(', ');

/** What is wrong with a template for the names of delivered files. Two files of two runs must never bear one name. */
export function refuseFileNameTemplate(text: string): Refusal | undefined {
  const unknown = [...text.matchAll(/\{([^{}]*)\}/g)].map(([, token = '']) => token).find((token) => !isToken(token));
  if (unknown !== undefined) {
    const meant = nearest(unknown, fileNameTokens);
    const hint = meant ? `did you mean {${meant}}? There are` : 'there are';
    return refused(`does not know {${unknown.slice(0, 40)}}; ${hint} ${ALL}`);
  }
  const rest = text.replaceAll(/\{\w+\}/g, '');
  if (!/^[A-Za-z0-9._ -]*$/.test(rest)) {
    return refused('may hold letters, digits, ".", "_", "-", spaces and tokens in braces only');
  }
  if (/^[.\s-]/.test(text)) return refused('must not begin with a dot, a dash or a space');
  if (!text.includes('{kind}')) return refused('must hold {kind}, so that contacts and log bear two names');
  if (!text.includes('{runId}') && !text.includes('{time}')) {
    return refused('must hold {runId} or {time}, so that two runs bear two names');
  }
  return undefined;
}

function isToken(word: string) {
  return (fileNameTokens as readonly string[]).includes(word);
}

function refused(message: string): Refusal {
  return { code: 'isFileNameTemplate', message };
}
