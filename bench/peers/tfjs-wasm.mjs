import { serveTfjs } from './tfjs-layers.mjs';

await serveTfjs('wasm');
