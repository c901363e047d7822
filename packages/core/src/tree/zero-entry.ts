/** XA_ZERO_ENTRY under a name that is not exported: within the package V8 then knows its value, and compares addresses. */
export const ZERO: unique symbol = Symbol('XA_ZERO_ENTRY');
