import { NotFound } from '@muster/core/errors';
import { pattern } from '@muster/core/fields';
import { valid } from '@muster/core/valid';
import { giveChannel, listChannels, takeChannel } from '@muster/db/sms/smsChannels';
import { type CliDeps } from './cliDeps.ts';
import { companyId, requireCompany } from './namedCompany.ts';
import { type Command } from './parseCommand.ts';

class ChannelOf {
  @pattern(/^\d{3,15}$/, { message: 'must be a shortcode or number: 3 to 15 digits' }) channel!: string;
  @companyId() company!: string;
}

const options = {
  channel: { description: 'the shortcode', required: true },
  company: { description: 'the id of the company', required: true },
};

/** Whose shortcodes are: those that nobody has are shared by all. */
export function channelCommands({ withDatabase }: CliDeps): Command[] {
  const named = async (values: Record<string, string>) => {
    const { channel, company } = await valid(ChannelOf, values);
    return { channel, companyId: company };
  };
  return [
    {
      name: 'channel give',
      description:
        'gives a shortcode to a company: only who has it takes keywords on it, and those of others are ended',
      options,
      run: async (values) => {
        const given = await named(values);
        return withDatabase(async (db) => {
          await requireCompany(db, given.companyId);
          return { ...given, ...(await giveChannel(db, given)) };
        });
      },
    },
    {
      name: 'channel take',
      description: 'takes a shortcode back from a company; one that nobody has is shared by all',
      options,
      run: async (values) => {
        const taken = await named(values);
        if (await withDatabase((db) => takeChannel(db, taken))) return { ...taken, taken: true };
        throw new NotFound('channelNotFound', `the company does not have the shortcode ${taken.channel}`);
      },
    },
    {
      name: 'channel list',
      description: 'lists the shortcodes that are given to companies',
      options: {},
      run: async () => ({ channels: await withDatabase(listChannels) }),
    },
  ];
}
