/** The stream of the server, as the page's state. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { decodeCounts, decodeEvent, decodeTurnedAway } from "../../api/decode_live";
import { getLive, streamAddress } from "../../api/live";
import type { LiveSnapshot } from "../../api/live_types";
import { addCounts, addLines, fromSnapshot, idOf, type Line, type LiveState } from "./live_state";

/** Lines are put on the page so often, however fast they come. */
const kFlushMs = 250;
const kAgainMs = 3000;

export interface LiveFeed {
  state: LiveState | null;
  /** Lines that came while the page was paused. */
  waiting: number;
  connected: boolean;
  error: Error | null;
  retry: () => void;
  retrying: boolean;
}

/** What another version's server says is skipped, a line at a time. */
function read<T>(decode: (value: unknown) => T, event: Event): T | null {
  try {
    return decode(JSON.parse((event as MessageEvent<string>).data));
  } catch {
    return null;
  }
}

interface Listeners {
  line: (line: Line) => void;
  second: (step: (state: LiveState) => LiveState) => void;
  connected: (is: boolean) => void;
  lost: () => void;
}

/** Returns what ends it. The browser comes again by itself, unless the server refused: then `lost` is told. */
function listen(snapshot: LiveSnapshot, to: Listeners): () => void {
  const newest = fromSnapshot(snapshot).lines[0];
  const source = new EventSource(streamAddress(newest ? idOf(newest) : ""));
  source.addEventListener("open", () => to.connected(true));
  source.addEventListener("event", (message) => {
    const event = read(decodeEvent, message);
    if (event) to.line({ type: "event", event });
  });
  source.addEventListener("turned_away", (message) => {
    const away = read(decodeTurnedAway, message);
    if (away) to.line({ type: "turned_away", away });
  });
  source.addEventListener("counts", (message) => {
    const counts = read(decodeCounts, message);
    if (counts) to.second((state) => addCounts(state, counts));
  });
  source.addEventListener("error", () => {
    to.connected(false);
    if (source.readyState === EventSource.CLOSED) to.lost();
  });
  return () => source.close();
}

export function useLive(paused: boolean): LiveFeed {
  const { data: snapshot, error, refetch, isFetching } = useQuery({
    queryKey: ["live"], queryFn: ({ signal }) => getLive(signal), staleTime: Infinity, gcTime: 0,
  });
  const [state, setState] = useState<LiveState | null>(null);
  const [connected, setConnected] = useState(false);
  const [waiting, setWaiting] = useState(0);
  const pending = useRef<Line[]>([]);
  const again = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    if (!snapshot) return undefined;
    pending.current = [];
    setState(fromSnapshot(snapshot));
    const stop = listen(snapshot, {
      line: (line) => (pending.current = addLines(pending.current, [line])),
      second: (step) => setState((known) => (known ? step(known) : known)),
      connected: setConnected,
      lost: () => (again.current = setTimeout(() => void refetch(), kAgainMs)),
    });
    return () => {
      clearTimeout(again.current);
      stop();
    };
  }, [snapshot, refetch]);

  useEffect(() => {
    const flush = () => {
      setWaiting(paused ? pending.current.length : 0);
      if (paused || pending.current.length === 0) return;
      const lines = pending.current;
      pending.current = [];
      setState((known) => (known ? { ...known, lines: addLines(known.lines, lines) } : known));
    };
    flush();
    const timer = setInterval(flush, kFlushMs);
    return () => clearInterval(timer);
  }, [paused]);

  const retry = useCallback(() => void refetch(), [refetch]);
  return { state, waiting, connected, error: state && error ? null : error, retry, retrying: isFetching };
}
