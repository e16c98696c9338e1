import { bundledError } from './addon/bundled.js';

// In a bundle this module is a part of another file. One of ES modules would fail at the next import, with an error that
// says nothing; other bundles have no import.meta.url, and find out when they look for the addon.
const { url } = import.meta;
if (typeof url === 'string' && !/\/unbundled\.mjs(?![^?#])/.test(url)) throw bundledError(url);
