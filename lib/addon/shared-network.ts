import type { Network } from '../../binding';

/** A network that is freed once it was disposed of and nobody uses it any more. */
export class SharedNetwork {
  private users = 0;
  private disposed = false;

  constructor(readonly network: Network) {}

  /** Keeps the network until the work is done. */
  async use<R>(work: (network: Network) => Promise<R>): Promise<R> {
    this.users += 1;
    try {
      return await work(this.network);
    } finally {
      this.users -= 1;
      this.free();
    }
  }

  dispose(): void {
    this.disposed = true;
    this.free();
  }

  private free(): void {
    if (this.disposed && this.users === 0) this.network.dispose();
  }
}
