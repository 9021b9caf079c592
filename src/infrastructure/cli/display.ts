/** Where frames of lines are shown: painted over each other on a terminal, elsewhere the lines that are new. */
export class Display {
  #shown: ReadonlyArray<string> = [];

  constructor(private readonly out: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>) {}

  show(lines: ReadonlyArray<string>): void {
    const { isTTY, columns } = this.out;
    if (isTTY) {
      // A line that wraps would take two rows, and the cursor would not find back.
      const rows = lines.map((line) => line.slice(0, columns - 1));
      const up = this.#shown.length === 0 ? '' : `\u001b[${this.#shown.length}A\u001b[J`;
      this.out.write(`${up}${rows.join('\n')}\n`);
    } else for (const line of lines) if (!this.#shown.includes(line)) this.out.write(`${line}\n`);
    this.#shown = lines;
  }
}
