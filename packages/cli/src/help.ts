/** What `maplelock --help` prints. */
export const HELP: string = `maplelock: finds breaches of the lock discipline of maple trees

Usage
  maplelock audit [paths...]    audit files and folders (default: the current folder)
  maplelock inspect <file>[:<line>] [paths...]
                                show the locks held before each line of a function, and what
                                its callers have to know; paths are linked with the file
  maplelock rules               list the rules
  maplelock explain <rule>      say what a rule reports, and why

Folders are searched for .ts .tsx .mts .cts .js .jsx .mjs .cjs .c .h. node_modules, .git and
symbolic links in them are left out; a file or link that is named is audited wherever it lies.
Only files that mention an API of a contract are parsed.

Options
  --strict              report what is only possible, too, with the strict severities
  --rule <id>=<level>   off, warn or error for one rule; may be given several times
  --contract <file>     a JSON file that describes another API's locks; may be given several times
  --quiet               report errors only
  --cache               keep results, and read again only what has changed since (default: --no-cache)
  --cache-location <file>
                        where they are kept (default: .maplelockcache)
  --format <format>     text (default) or json (what ESLint's json formatter prints)
  --graph               inspect: print the control flow for Graphviz instead
  --color <when>        auto (default), always or never; NO_COLOR and FORCE_COLOR are heeded
  --cwd <folder>        the folder that paths are relative to (default: the current folder)
  -h, --help            print this
  -v, --version         print the version

Exit codes
  0  nothing to report
  1  findings
  2  wrong usage: an unknown option, a path that does not exist, a broken contract
  3  an internal error
`;
