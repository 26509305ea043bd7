import { Component, type ReactNode } from 'react';

interface Props {
  children: ReactNode;
  /** What to show instead, with the reason. */
  fallback(reason: string): ReactNode;
  /** Another value is another try. */
  resetKey: string | number;
}

interface State {
  reason: string | null;
  key: string | number;
}

/** Keeps a failure in one part of the page from taking the rest with it. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { reason: null, key: this.props.resetKey };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { reason: error instanceof Error ? error.message : String(error) };
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.resetKey === state.key ? null : { reason: null, key: props.resetKey };
  }

  override render(): ReactNode {
    return this.state.reason === null ? this.props.children : this.props.fallback(this.state.reason);
  }
}
