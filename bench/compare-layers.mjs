// Times bptt's recurrent layers and PyTorch's in turns. Options: node compare-layers.mjs --help
import { readLayerOptions } from './harness/layer-options.mjs';
import { reportLayers } from './harness/layer-report.mjs';

await reportLayers(['bptt', 'torch'], readLayerOptions());
