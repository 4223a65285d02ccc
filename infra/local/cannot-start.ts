/** Why the API cannot start on this machine, in a sentence that says what to do. */
export class CannotStart extends Error {}
