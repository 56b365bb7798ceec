// What schema 4 adds for plans that are judged more than once, and for how they ended.
#pragma once

namespace sluice::journal {

/// Plans of before count as finished with their verdict. `continued` marks judgements after the
/// first; all orders of before were MARKET ones.
constexpr const char* schema_plans = R"sql(
ALTER TABLE verdict ADD COLUMN continued INTEGER NOT NULL DEFAULT 0;
ALTER TABLE plan ADD COLUMN finished_seq INTEGER REFERENCES record(seq);
ALTER TABLE plan ADD COLUMN ended TEXT;
ALTER TABLE plan ADD COLUMN executed TEXT;
UPDATE plan SET finished_seq = verdict_seq WHERE verdict_seq IS NOT NULL;
CREATE INDEX plan_unfinished ON plan(seq)
  WHERE verdict = 'allow' AND kind <> 'cancel' AND finished_seq IS NULL;
ALTER TABLE orders ADD COLUMN type TEXT NOT NULL DEFAULT 'market';
ALTER TABLE orders ADD COLUMN limit_price TEXT NOT NULL DEFAULT '0';
)sql";

}  // namespace sluice::journal
