/** Our word for what a check of class-validator found: callers build on these, and not on a package that we may change. */
const words: Record<string, string> = {
  isDefined: 'required',
  whitelistValidation: 'unknownField',
  isString: 'wrongType',
  isInt: 'wrongType',
  isBoolean: 'wrongType',
  isArray: 'wrongType',
  isObject: 'wrongType',
  nestedValidation: 'wrongType',
  isLength: 'wrongLength',
  arrayMinSize: 'wrongLength',
  arrayMaxSize: 'wrongLength',
  min: 'outOfRange',
  max: 'outOfRange',
  isIn: 'notAllowed',
  arrayUnique: 'notUnique',
  matches: 'wrongForm',
  isIso8601: 'wrongForm',
  isCleanText: 'wrongCharacters',
};

/** The code of a fault: stable, and the same for the same fault wherever it is found. */
export function faultCode(check: string): string {
  return words[check] ?? check;
}
