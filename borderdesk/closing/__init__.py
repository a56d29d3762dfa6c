"""Closed periods: signed figures are immutable, later records are shown as late.

`desk.closing` (`closing.Closing`):
  state(period, scope=None) -> ClosingState(name, edition, reason);
    name: open, closed, reopened, amending
  close_period(period, scope=None, *, number="", signed_on=None, signer=Signer(), reasons=None)
    -> Edition; reasons: {indicator: text} of rows of an amendment
  doubts(period, scope, number, signed_on) -> the doubts about a paper's number and date, in words
  amendment_draft(period, scope=None) -> the changes by the amendment in preparation
  keep_signed(period, scope=None) -> ClosingState: cancels an amendment: the signed paper
    stays in force
  reopen_period(period, scope, reason), amend_period(period, scope, reason) -> ClosingState
  note_printed(period, scope=None), note_sent(period, scope=None) -> Edition | None
  editions(period=None, scope=None), edition(id), events(id)
  summary(id) -> the Summary as signed, moved(id) -> its differences from the desk now
  notice(period, scope=None) -> the warning to show with figures that the desk no longer confirms
  differences(id) -> the changes of an amendment, with reasons: Đã ký · Nay · Chênh lệch · Lý do
  scans: attach_scan(id, path), attachments(id), content(scan), save_scan(scan, path), detach_scan
  note_saved(edition): records that its paper was saved to a file
  paper_text(summary) -> the text of the QR code, check(text, typed=None) -> PaperVerdict
`desk.narratives` (`narratives.Narratives`):
  of(period, scope=None) -> Narrative(parts, tasks, clauses, begun_from, outcomes)
  write_narrative(period, scope=None, *, parts=None, tasks=None, clauses=None, outcomes=None)
    -> Narrative; outcomes: of the tasks that the last period had ahead
  typed(Period, Scope) -> the texts typed for this period itself
  narratives.narrative_of(edition) -> the texts stored in an edition
`summary.make_summary` returns a closed period's figures as they were signed (Summary.edition,
  .closed, .moved; live=True for those of the current records), and on each SummaryLine `late`,
  `carry` (signed + unsigned + value + late = year to date), `doubles`.
`guard.ClosedPeriodError` (an OperationRefused, exit 4): raised by a write that would change a
closed figure.
A period and a scope are texts in the syntax of the command line; no scope means the desk's own.

From the bottom up: lines (rows of a summary, their hashes), editions (tables), edition_events,
edition_states, edition_log, carryover (late figures), calculation (from the records), comparison
(signed against now), explanations, summary, facts, narratives, amendments, attachments, paper_code,
paper_check, closing; guard (above reference_guard) and word_forms are separate.
"""
