import { type Asked, type Check, onChannels, type Rule } from '../asked.ts';

/** What the contact itself says: no texts, not valid, archived. */
export function contactState(asked: Asked): Rule {
  const onText = onChannels(asked, ['text']);
  const text: Check = {
    code: 'textNotPermitted',
    ruleId: 'text-permission', // 47 CFR 64.1200(a)(10): revoked by any reasonable means
    refuses: `c.key is not null and ${onText ?? 'false'} and not c.receive_text_messages`,
    compared: `'receiveTextMessages false'`,
  };
  const archived: Check = {
    code: 'contactArchived',
    ruleId: 'archived',
    refuses: `c.key is not null and c.status = 'archived'`,
    compared: `'status archived'`,
  };
  return {
    needs: [],
    checks: [
      ...(onText === undefined ? [] : [text]),
      {
        code: 'contactInvalid',
        ruleId: 'valid',
        refuses: `c.key is not null and not c.valid`,
        compared: `'valid false'`,
      },
      ...(asked.takesArchived ? [] : [archived]),
    ],
  };
}
