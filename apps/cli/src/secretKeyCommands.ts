import { InvalidInput } from '@muster/core/errors';
import { openSecretBox, type SecretBox } from '@muster/core/secretBox';
import { refuseConnected } from '@muster/db/connectedProcesses';
import { type OpenDatabase } from '@muster/db/openDatabase';
import { rotateSecretKey } from '@muster/db/rotateSecretKey';
import { type CliDeps } from './cliDeps.ts';
import { type Command, Misused } from './parseCommand.ts';

/** What an operator does with the key that secrets are sealed with. No key is ever typed: others would see it. */
export function secretKeyCommands({ environment, withDatabase }: CliDeps): Command[] {
  const boxOf = (name: string) => readBox(name, environment[name]);
  return [
    {
      name: 'secret-key rotate',
      description:
        'seals all secrets anew, from the key in MUSTER_OLD_SECRET_KEY to the one in MUSTER_SECRET_KEY; ' +
        'stop all processes first, and start them with the new key',
      options: {},
      run: async () => {
        const change = { from: boxOf('MUSTER_OLD_SECRET_KEY'), to: boxOf('MUSTER_SECRET_KEY') };
        const rotate = async (db: OpenDatabase) => {
          await refuseConnected(db);
          return rotateSecretKey(db, change);
        };
        return { secretsSealedAnew: await withDatabase(rotate) };
      },
    },
  ];
}

function readBox(name: string, key: string | undefined): SecretBox {
  if (!key) throw new Misused(`${name} is not set: 32 random bytes in base64`);
  try {
    return openSecretBox({ key });
  } catch (error) {
    throw error instanceof InvalidInput ? new Misused(`${name} ${error.faults[0]?.message}`) : error;
  }
}
