import type * as v from 'valibot';
import type { Reply } from './problem.ts';

/** What an action may change: nothing outside its reply, what the app remembers, or files that the person asked for. */
export type Touches = 'nothing' | 'app' | 'disk';

type Shape = v.GenericSchema;

export interface Query<I extends Shape, O extends Shape> {
  readonly kind: 'query';
  readonly input: I;
  readonly output: O;
}
export interface Action<I extends Shape, O extends Shape> {
  readonly kind: 'action';
  readonly input: I;
  readonly output: O;
  readonly touches: Touches;
}
/** A snapshot first (number 0 or the number resumed from), then numbered deltas. */
export interface Stream<I extends Shape, O extends Shape> {
  readonly kind: 'stream';
  readonly input: I;
  readonly output: O;
}
export type Endpoint = Query<Shape, Shape> | Action<Shape, Shape> | Stream<Shape, Shape>;
export type Contract = Readonly<Record<string, Endpoint>>;

export const query = <I extends Shape, O extends Shape>(input: I, output: O): Query<I, O> => ({
  kind: 'query',
  input,
  output,
});
export const action = <I extends Shape, O extends Shape>(input: I, output: O, touches: Touches): Action<I, O> => ({
  kind: 'action',
  input,
  output,
  touches,
});
export const stream = <I extends Shape, O extends Shape>(input: I, output: O): Stream<I, O> => ({
  kind: 'stream',
  input,
  output,
});

export type InputOf<E extends Endpoint> = v.InferOutput<E['input']>;
export type OutputOf<E extends Endpoint> = v.InferOutput<E['output']>;

type Calls<C extends Contract> = { [K in keyof C as C[K] extends Stream<Shape, Shape> ? never : K]: C[K] };
type Streams<C extends Contract> = { [K in keyof C as C[K] extends Stream<Shape, Shape> ? K : never]: C[K] };
export type CallName<C extends Contract> = keyof Calls<C> & string;
export type StreamName<C extends Contract> = keyof Streams<C> & string;

/** One numbered item of a stream; `sequence` 0 is the snapshot. */
export interface Item<T> {
  readonly sequence: number;
  readonly value: T;
}
/** Takes items until the stream ends; `end` comes once, with a problem when it broke. */
export interface Sink<T> {
  next(item: Item<T>): void;
  end(problem?: import('./problem.ts').Problem): void;
}
/** Stops a stream; may be called twice. */
export type Close = () => void;

/** Who calls: handlers see nothing of the transport but this. */
export interface Call {
  /** true once the caller has gone */
  readonly cancelled: () => boolean;
}

/** What the renderer and the terminal hold. */
export interface Client<C extends Contract> {
  call<K extends CallName<C>>(name: K, input: InputOf<C[K]>): Promise<Reply<OutputOf<C[K]>>>;
  open<K extends StreamName<C>>(name: K, input: InputOf<C[K]>, sink: Sink<OutputOf<C[K]>>): Close;
}

/** What the assistant implements: one missing or one too many does not compile. */
export type Handlers<C extends Contract> = {
  readonly [K in keyof C]: C[K] extends Stream<Shape, Shape>
    ? (input: InputOf<C[K]>, sink: Sink<OutputOf<C[K]>>, since: number | null) => Close
    : (input: InputOf<C[K]>, call: Call) => Promise<Reply<OutputOf<C[K]>>> | Reply<OutputOf<C[K]>>;
};
