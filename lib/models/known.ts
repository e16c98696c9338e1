import type { Network, Parameters } from '../../binding';
import { native } from '../addon/native';
import { nativeCall } from '../addon/native-call';
import { SharedNetwork } from '../addon/shared-network';
import type { Task } from '../tasks/task';

/** What a model has once its sizes are known. */
export class Known<P> {
  made: SharedNetwork | undefined;

  /**
   * @param made the network, where it is there.
   * @param parameters those of a network that is made of them at once.
   */
  constructor(
    readonly task: Task<P>,
    made: SharedNetwork | undefined,
    parameters: Parameters | undefined,
  ) {
    this.made = made ?? (parameters && this.make(parameters));
  }

  /** Made when it is first asked for: a file's tensors are looked at before a network of their sizes is. */
  get shared(): SharedNetwork {
    return (this.made ??= this.make());
  }

  get network(): Network {
    return this.shared.network;
  }

  dispose(): void {
    this.made?.dispose();
  }

  private make(parameters?: Parameters): SharedNetwork {
    return new SharedNetwork(nativeCall(() => new (native().Network)(this.task.network, parameters)));
  }
}
