/** Four digits that count: 0.1234, 12.34, 0.00001234; whole numbers with commas: 25,000. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  return size >= 1 ? value.toPrecision(4) : size >= 0.001 ? value.toFixed(4) : value.toExponential(3);
}

/** Seconds as a person says them. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `macroF1` → `macro F1`, `accuracy` → `accuracy`. */
export function metricName(key: string): string {
  return key.replace(/([a-z])([A-Z])/g, (_, before: string, letter: string) =>
    /F1$/.test(key) && letter === 'F' ? `${before} F` : `${before} ${letter.toLowerCase()}`,
  );
}
