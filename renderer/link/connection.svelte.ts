/**
 * Whether the program behind this page answers. `waiting`: it does not, and is asked again; `refused`: it was started
 * anew and does not know this page any more, only its new link helps.
 */
class Connection {
  state: 'connected' | 'waiting' | 'refused' = $state('connected');
}

export const connection = new Connection();
