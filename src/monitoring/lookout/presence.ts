import { wider } from '../baseline/segments.ts';

/** Which series answered of late, by slot. */
export interface Presence {
  /** For how many cycles in a row it has not answered; 0 when it did. It never answered: as long as it is known. */
  missing: Uint16Array;
  /** 1 when it answered in nearly every one of the last 60 cycles before it went missing, or does so now. */
  steady: Uint8Array;
  /** One cycle: the value of each slot, NaN = missing. Slots in metrics that cannot be judged now, by place, are left as they are. */
  note(value: Float64Array, slots: number, isJudged: (slot: number) => boolean): void;
  /** It was seen steadily before this began. */
  presume(slot: number): void;
}

/** Answers of the last 60 cycles as bits, the latest lowest. */
const [lowBits, highBits] = [32, 28];
/** Three answers may be missing among sixty: a scrape that came late. */
const fewest = lowBits + highBits - 3;

export function openPresence(): Presence {
  let low = new Uint32Array(0);
  let high = new Uint32Array(0);
  let missing = new Uint16Array(0);
  let steady = new Uint8Array(0);

  function widen(slots: number): void {
    if (slots <= low.length) return;
    const capacity = Math.ceil(slots * 1.25) + 16;
    low = grown(low, capacity);
    high = grown(high, capacity);
    missing = wider(missing, capacity);
    steady = wider(steady, capacity);
  }

  return {
    get missing() {
      return missing;
    },
    get steady() {
      return steady;
    },
    note: (value, slots, isJudged) => {
      widen(slots);
      for (let slot = 0; slot < slots; slot += 1) {
        if (!isJudged(slot)) continue;
        const answered = Number.isNaN(value[slot] as number) ? 0 : 1;
        const often = bitsIn(low[slot] as number) + bitsIn((high[slot] as number) & 0xfffffff) >= fewest;
        if (answered === 1) {
          // What comes back after a while is not steady at once, nor is it forgotten that it was.
          steady[slot] = often ? 1 : 0;
          missing[slot] = 0;
        } else {
          if (missing[slot] === 0) steady[slot] = often ? 1 : 0;
          missing[slot] = Math.min(65_535, (missing[slot] as number) + 1);
        }
        high[slot] = ((high[slot] as number) << 1) | ((low[slot] as number) >>> 31);
        low[slot] = ((low[slot] as number) << 1) | answered;
      }
    },
    presume: (slot) => {
      widen(slot + 1);
      low[slot] = 0xffffffff;
      high[slot] = 0xffffffff;
      steady[slot] = 1;
    },
  };
}

function grown(old: Uint32Array<ArrayBuffer>, capacity: number): Uint32Array<ArrayBuffer> {
  const made = new Uint32Array(capacity);
  made.set(old);
  return made;
}

/** How many bits of 32 are set (Hacker's Delight, 5–1). */
function bitsIn(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return (Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24) & 0xff;
}
