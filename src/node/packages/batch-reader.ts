/** Cuts the output of `cat-file --batch` into blobs: a line with the size, the bytes, a line break. */
export class BatchReader {
  readonly #take: (index: number, bytes: Buffer) => void;
  readonly #count: number;
  #rest: Buffer[] = [];
  #length = 0;
  #needed = 0;
  #index = 0;

  constructor(count: number, take: (index: number, bytes: Buffer) => void) {
    this.#count = count;
    this.#take = take;
  }

  get done(): boolean {
    return this.#index === this.#count;
  }

  push(piece: Buffer): void {
    this.#rest.push(piece);
    this.#length += piece.byteLength;
    // Joined only when a whole blob is there: a large one comes in thousands of pieces.
    if (this.#length < this.#needed) return;
    let bytes = Buffer.concat(this.#rest);
    for (;;) {
      const end = bytes.indexOf(0x0a);
      if (end === -1) break;
      const size = /^[0-9a-f]+ blob (\d+)$/.exec(bytes.toString('latin1', 0, end))?.[1];
      if (size === undefined) throw new Error('git answered with something else than a blob');
      const stop = end + 1 + Number(size);
      this.#needed = stop + 1;
      if (bytes.byteLength <= stop) break;
      this.#take(this.#index, bytes.subarray(end + 1, stop));
      this.#index += 1;
      bytes = bytes.subarray(stop + 1);
      this.#needed = 0;
    }
    this.#rest = [bytes];
    this.#length = bytes.byteLength;
  }
}
