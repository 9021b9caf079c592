import type { Call } from './call.js';
import { accessDenied, notLeader, notReady, unauthenticated, type Leader } from './statuses.js';

export type CallKind = 'append' | 'delete' | 'features' | 'gossip' | 'read' | 'subscribe' | 'tombstone';

/** Without `call`, any call that stores, reads or subscribes can be struck. */
interface Anywhere {
  readonly call?: CallKind;
}

/** What can go wrong, once each time that it is planned. */
export type Fault =
  /** The connection is torn before the request is taken. */
  | ({ readonly fault: 'dropped-before' } & Anywhere)
  /** The connection is torn after so many messages of the answer. */
  | { readonly fault: 'dropped-during'; readonly messages: number; readonly call?: 'read' | 'subscribe' }
  /** What was asked is stored, and the connection torn before the answer. */
  | ({ readonly fault: 'dropped-after-commit' } & Anywhere)
  /** As above, of the whole server, until `restart`. */
  | ({ readonly fault: 'killed-before' } & Anywhere)
  | ({ readonly fault: 'killed-after-commit' } & Anywhere)
  /**
   * The connection is torn with the append still being written. Its repeat gets no answer for `delayMs` (the real
   * server's 2,000 to 3,000), then the deadline error; the next finds it stored.
   */
  | { readonly fault: 'repeat-in-flight'; readonly delayMs: number }
  /** The call ends with RST_STREAM and no status, after so many messages of the answer (none unless said). */
  | ({ readonly fault: 'reset'; readonly messages?: number } & Anywhere)
  /** The server stands still, with the request in its hands, until `thaw`. */
  | ({ readonly fault: 'frozen' } & Anywhere)
  /** This node does not lead: of reads, only those that require the leader are struck. */
  | ({ readonly fault: 'not-leader'; readonly leader: Leader } & Anywhere)
  | ({ readonly fault: 'not-ready' } & Anywhere)
  /** The next live event finds the subscriber's buffer full. */
  | { readonly fault: 'slow-consumer' }
  /** The server says of its features nothing, or too little. */
  | { readonly fault: 'stale-features'; readonly how: 'internal' | 'unimplemented' | 'too-few' }
  /** The credentials are wrong: the call fails. */
  | ({ readonly fault: 'unauthenticated' } & Anywhere)
  /** The credentials do not allow it. */
  | ({ readonly fault: 'access-denied' } & Anywhere);

export type FaultName = Fault['fault'];

/** When in a call's life a fault strikes. */
type Moment = 'request' | 'write' | 'committed' | 'live' | 'features';

const moments: Readonly<Record<FaultName, Moment>> = {
  'dropped-before': 'request',
  'dropped-during': 'request',
  'dropped-after-commit': 'committed',
  'killed-before': 'request',
  'killed-after-commit': 'committed',
  'repeat-in-flight': 'write',
  reset: 'request',
  frozen: 'request',
  'not-leader': 'request',
  'not-ready': 'request',
  'slow-consumer': 'live',
  'stale-features': 'features',
  unauthenticated: 'request',
  'access-denied': 'request',
};

/** What a fault can do to the whole server. */
export interface Machine {
  kill(): Promise<void>;
  freeze(): void;
  whenThawed(act: () => void): void;
}

/** How a call that answers several requests says no to one of them. */
type Refuse = (reason: 'not-ready' | 'access-denied') => void;

interface Planned {
  readonly fault: Fault;
  readonly struck: () => void;
}

/** Faults that wait for their call, in the order in which they were planned. */
export class Faults {
  /** How often each fault has struck. */
  readonly counts = Object.fromEntries(Object.keys(moments).map((name) => [name, 0])) as Record<FaultName, number>;
  private planned: Planned[] = [];

  constructor(private readonly machine: Machine) {}

  /** Resolves when it strikes. */
  plan(fault: Fault): Promise<void> {
    return new Promise((struck) => {
      this.planned.push({ fault, struck });
    });
  }

  /** Forgets what has not struck. */
  clear(): void {
    this.planned = [];
  }

  /** A request is in: serves it, unless a fault has a say. */
  before(kind: CallKind, call: Call, serve: () => void, refuse?: Refuse): void {
    const fault = this.take('request', kind, call);
    switch (fault?.fault) {
      case 'dropped-before':
        return call.drop();
      case 'dropped-during':
        call.cutAfter(fault.messages, () => call.drop());
        return serve();
      case 'killed-before':
        return void this.machine.kill();
      case 'reset':
        if (fault.messages === undefined) return call.reset();
        call.cutAfter(fault.messages, () => call.reset());
        return serve();
      case 'frozen':
        this.machine.freeze();
        return this.machine.whenThawed(serve);
      case 'not-leader':
        return call.end(notLeader(fault.leader));
      case 'not-ready':
        return refuse === undefined ? call.end(notReady) : refuse('not-ready');
      case 'unauthenticated':
        return call.end(unauthenticated);
      case 'access-denied':
        return refuse === undefined ? call.end(accessDenied) : refuse('access-denied');
      default:
        return serve();
    }
  }

  /** An append is about to be written: for how long it stays in flight, if a fault wants it. */
  write(call: Call): number | undefined {
    const fault = this.take('write', 'append', call);
    return fault?.fault === 'repeat-in-flight' ? fault.delayMs : undefined;
  }

  /** It is stored: true when a fault keeps the answer from being given. */
  committed(kind: CallKind, call: Call): boolean {
    const fault = this.take('committed', kind, call);
    if (fault?.fault === 'dropped-after-commit') call.drop();
    if (fault?.fault === 'killed-after-commit') void this.machine.kill();
    return fault !== undefined;
  }

  /** A live event is to be sent: true when it shall find the buffer full. */
  live(call: Call): boolean {
    return this.take('live', 'subscribe', call) !== undefined;
  }

  features(call: Call): 'internal' | 'unimplemented' | 'too-few' | undefined {
    const fault = this.take('features', 'features', call);
    return fault?.fault === 'stale-features' ? fault.how : undefined;
  }

  private take(moment: Moment, kind: CallKind, call: Call): Fault | undefined {
    if (this.planned.length === 0) return undefined;
    const place = this.planned.findIndex(
      ({ fault }) => moments[fault.fault] === moment && canStrike(fault, kind, call),
    );
    if (place === -1) return undefined;
    const [{ fault, struck }] = this.planned.splice(place, 1) as [Planned];
    this.counts[fault.fault] += 1;
    struck();
    return fault;
  }
}

const canStrike = (fault: Fault, kind: CallKind, call: Call): boolean => {
  const reads = kind === 'read' || kind === 'subscribe';
  if (fault.fault === 'not-leader' && reads && !call.requiresLeader) return false;
  if (fault.fault === 'dropped-during' && !reads) return false;
  if (fault.fault === 'stale-features') return true;
  const named = 'call' in fault ? fault.call : undefined;
  return named === undefined ? kind !== 'features' && kind !== 'gossip' : named === kind;
};
