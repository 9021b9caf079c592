/**
 * What both engines' dictionary of 2007 lacks of the words that a town hall hears every day, with their readings: the user
 * dictionary of the one, and cut out by `morphemes` for the other. Each must stay whole wherever its characters stand in a
 * row, so words in which one of them would begin are listed too: 故障がいつ is no 障がい.
 */
export const userWords: ReadonlyMap<string, string> = new Map([
  ['令和', 'レイワ'],
  ['マイナンバー', 'マイナンバー'],
  ['障がい', 'ショウガイ'],
  ['故障', 'コショウ'],
  ['支障', 'シショウ'],
  ['保障', 'ホショウ'],
  ['健診', 'ケンシン'],
  ['保健', 'ホケン'],
  ['雑がみ', 'ザツガミ'],
]);
