/** A stream that keeps what is written, and plays a terminal if asked to. */
export function screen(isTTY: boolean, columns = 120): { stream: NodeJS.WriteStream; text: () => string } {
  let written = '';
  const stream = {
    isTTY,
    columns,
    write: (chunk: string) => {
      written += chunk;
      return true;
    },
    on: () => stream,
  };
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => written };
}
