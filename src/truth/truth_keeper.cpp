// Applies reads and events slot by slot, keeps the list of slots that absence would change, and
// publishes each result to the table before it counts.
#include "sluice/truth/truth_keeper.hpp"

#include <algorithm>

#include "sluice/truth/universe_tiers.hpp"

namespace sluice {

truth_keeper::truth_keeper(const options& o)
    : options_(o),
      directory_(std::make_shared<symbol_directory>(o.capacity)),
      table_(std::make_shared<state_table>(
          directory_, o.hedge_mode ? tracked_legs::hedge : tracked_legs::one_way)) {}

result<symbol_index> truth_keeper::register_symbol(const symbol& s) {
  const auto index = directory_->intern(s);
  if (!index) {
    ++oddities_.refused_symbols;
    return index;
  }
  const auto needed = directory_->size() * table_->legs_per_symbol();
  for (auto slot = records_.size(); slot < needed; ++slot) {
    records_.emplace_back();
    relist(position_slot{static_cast<std::uint32_t>(slot)});
  }
  return index;
}

std::size_t truth_keeper::register_symbols(const universe& u) {
  const auto before = directory_->size();
  for (const auto& rules : u.instruments)
    if (is_followed(u, rules))
      static_cast<void>(register_symbol(rules.instrument));  // A refusal is counted.
  return directory_->size() - before;
}

std::vector<truth_changed> truth_keeper::apply(const snapshot& read) {
  if (!has_all_legs(read))
    return {};
  changes out;
  ++reads_;
  const bool whole_account = read.scope.empty();
  const read_meta meta{read.sent_at, whole_account ? truth_source::bulk : truth_source::worker,
                       options_.read_lag_grace};
  merge_rows(read, meta, out);
  if (whole_account) {
    // A copy: what turns flat leaves the list on the way.
    for (const auto slot : std::vector<position_slot>{unsettled_})
      merge_absent(slot, meta, out);
    table_->prove_account(read.sent_at);
  } else if (const auto index = register_symbol(read.scope)) {
    for (std::size_t leg = 0; leg < table_->legs_per_symbol(); ++leg)
      merge_absent(*table_->slot_of(*index, static_cast<position_side>(leg)), meta, out);
  }
  return out;
}

std::vector<truth_changed> truth_keeper::apply(const account_update& event, instant received_at,
                                               instant occurred_at) {
  changes out;
  const event_meta meta{received_at, std::min(occurred_at, received_at), event.transaction_time,
                        options_.read_lag_grace};
  for (const auto& change : event.positions)
    if (const auto slot = tracked(change.position, change.amount.is_zero()))
      store(*slot, merge_event(settled(*slot), change, meta), out);
  return out;
}

/// A read with a position on a leg that the table does not have proves nothing: without it the
/// symbol would look flat.
bool truth_keeper::has_all_legs(const snapshot& read) {
  const bool all = std::ranges::all_of(read.rows, [&](const position_row& row) {
    return row.amount.is_zero() || (!read.scope.empty() && row.position.instrument != read.scope) ||
           static_cast<std::size_t>(row.position.leg) < table_->legs_per_symbol();
  });
  oddities_.untracked_legs += all ? 0 : 1;
  return all;
}

std::optional<position_slot> truth_keeper::tracked(const position_key& key, bool is_zero) {
  if (static_cast<std::size_t>(key.leg) >= table_->legs_per_symbol()) {
    // In one-way mode real accounts are sent LONG and SHORT rows of zero; anything else is odd.
    if (!is_zero)
      ++oddities_.untracked_legs;
    return std::nullopt;
  }
  const auto index = register_symbol(key.instrument);
  if (!index)
    return std::nullopt;
  return table_->slot_of(*index, key.leg);
}

void truth_keeper::merge_rows(const snapshot& read, const read_meta& meta, changes& out) {
  for (const auto& row : read.rows) {
    if (!read.scope.empty() && row.position.instrument != read.scope) {
      ++oddities_.out_of_scope;
      continue;
    }
    const auto slot = tracked(row.position, row.amount.is_zero());
    if (!slot)
      continue;
    records_[slot->value].covered_by = reads_;
    const auto known = settled(*slot);
    store(*slot, merge_row(known, row, meta), out);
    // Margin that was added moves it, and nothing else: an older answer must not move it back.
    if (read.sent_at >= known.as_of)
      table_->write_liquidation(*slot, {row.amount, row.entry}, row.liquidation);
  }
}

void truth_keeper::merge_absent(position_slot slot, const read_meta& meta, changes& out) {
  if (records_[slot.value].covered_by != reads_)
    store(slot, merge_row(settled(slot), std::nullopt, meta), out);
}

void truth_keeper::store(position_slot slot, merged outcome, changes& out) {
  if (outcome.effect == merge_effect::contradicted)
    ++oddities_.contradictions;
  if (outcome.effect == merge_effect::superseded)
    ++oddities_.superseded;
  auto& state = records_[slot.value].state;
  const auto before = state.content;
  const auto proven_until = settled(slot).as_of;
  const bool is_new = outcome.next.version != state.version;
  state = outcome.next;
  table_->write(slot, state);
  if (!is_new)
    return;
  if (std::holds_alternative<position_open>(before))
    --open_;
  if (std::holds_alternative<position_open>(state.content))
    ++open_;
  relist(slot);
  out.push_back({position_key{directory_->name_of(table_->index_of(slot)), table_->leg_of(slot)},
                 before, table_->read(slot), proven_until});
}

void truth_keeper::relist(position_slot slot) {
  auto& record = records_[slot.value];
  const bool wanted = !std::holds_alternative<position_flat>(record.state.content);
  if (wanted == record.listed)
    return;
  record.listed = wanted;
  if (wanted) {
    record.place = unsettled_.size();
    unsettled_.push_back(slot);
    return;
  }
  unsettled_[record.place] = unsettled_.back();
  records_[unsettled_.back().value].place = record.place;
  unsettled_.pop_back();
}

slot_state truth_keeper::settled(position_slot slot) const {
  return settle(records_[slot.value].state, table_->account_as_of());
}

truth_counts truth_keeper::counts() const {
  return {open_, records_.size() - unsettled_.size(), unsettled_.size() - open_};
}

age_summary truth_keeper::ages(instant now) const {
  const auto account = table_->account_as_of();
  std::vector<duration> ages;
  ages.reserve(records_.size());
  for (const auto& record : records_)
    if (is_known(record.state.content))
      ages.push_back(now - settle(record.state, account).as_of);
  return summarise_ages(std::move(ages));
}

bool truth_keeper::is_open(symbol_index index) const {
  const auto legs = table_->legs_per_symbol();
  const auto first = index * legs;
  for (auto slot = first; slot < first + legs && slot < records_.size(); ++slot)
    if (std::holds_alternative<position_open>(records_[slot].state.content))
      return true;
  return false;
}

std::optional<instant> truth_keeper::proven_at(symbol_index index) const {
  std::optional<instant> oldest;
  const auto legs = table_->legs_per_symbol();
  const auto account = table_->account_as_of();
  for (auto slot = index * legs; slot < (index + 1) * legs && slot < records_.size(); ++slot) {
    const auto& state = records_[slot].state;
    if (!is_known(state.content))
      return std::nullopt;
    const auto as_of = settle(state, account).as_of;
    oldest = std::min(oldest.value_or(as_of), as_of);
  }
  return oldest;
}

std::vector<position_key> truth_keeper::open_positions() const {
  std::vector<position_key> open;
  open.reserve(open_);
  for (const auto slot : unsettled_)
    if (is_known(records_[slot.value].state.content))
      open.push_back({directory_->name_of(table_->index_of(slot)), table_->leg_of(slot)});
  return open;
}

}  // namespace sluice
