/** Something wrong with how the command was called. Printed as one line, with the remedy; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}
