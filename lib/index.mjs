import './unbundled.mjs';

export * from './index.js';
