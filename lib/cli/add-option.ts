import type { Command } from 'commander';

interface Details {
  parse?: (text: string) => unknown;
  choices?: readonly string[];
  default?: unknown;
}

/** Declares an option. */
export type AddOption = (flags: string, description: string, details?: Details) => void;

/** What declares options of a command under a heading of its help. */
export function adder(command: Command, group: string): AddOption {
  return (flags, description, details = {}) => {
    const option = command.createOption(flags, description).helpGroup(group);
    if (details.choices !== undefined) option.choices(details.choices);
    if (details.parse !== undefined) option.argParser(details.parse);
    if (details.default !== undefined) option.default(details.default);
    command.addOption(option);
  };
}
