import type { Stats } from 'node:fs';

export type FileKind = 'file' | 'folder' | 'pipe' | 'socket' | 'character device' | 'block device';

/** What stands at a path, or behind the link there. */
export function fileKind(stats: Stats): FileKind {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  if (stats.isFIFO()) return 'pipe';
  if (stats.isSocket()) return 'socket';
  return stats.isBlockDevice() ? 'block device' : 'character device';
}
