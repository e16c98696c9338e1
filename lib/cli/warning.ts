/** A line on standard error for what is read otherwise than somebody may think. */
export function warn(message: string): void {
  const { stderr } = process;
  // On a terminal there may be a bar, which the line takes the place of.
  stderr.write(`${stderr.isTTY ? '\r\u001b[K' : ''}bptt: ${message}\n`);
}
