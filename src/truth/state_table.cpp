// Packs slot states into seqlock words and back; the order of loads makes account-wide proof
// honest.
#include "sluice/truth/state_table.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace sluice {
namespace {

/// Stands for "no instant".
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();

constexpr std::int64_t kind_bits = 8;

std::int64_t ticks(instant t) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(t.time_since_epoch()).count();
}

instant from_ticks(std::int64_t t) {
  return instant{std::chrono::duration_cast<duration>(std::chrono::nanoseconds{t})};
}

truth unpack(std::int64_t kind, std::int64_t amount, std::int64_t entry) {
  switch (kind) {
    case 1:
      return position_flat{};
    case 2:
      return position_open{quantity::from_raw(amount), price::from_raw(entry)};
    default:
      return position_unknown{};
  }
}

}  // namespace

state_table::state_table(std::shared_ptr<const symbol_directory> directory, tracked_legs legs)
    : directory_(std::move(directory)),
      legs_(legs),
      stride_(legs == tracked_legs::hedge ? position_side_count : 1),
      slots_(std::make_unique<aligned_slot[]>(directory_->capacity() * stride_)),
      liquidations_(std::make_unique<seqlock<3>[]>(directory_->capacity() * stride_)),
      account_as_of_(never) {}

std::optional<position_slot> state_table::slot_of(symbol_index index, position_side leg) const {
  const auto offset = static_cast<std::size_t>(leg);
  if (index >= directory_->capacity() || offset >= stride_)
    return std::nullopt;
  return position_slot{static_cast<std::uint32_t>(index * stride_ + offset)};
}

std::optional<position_slot> state_table::slot_of(const position_key& key) const {
  const auto index = directory_->find(key.instrument);
  if (!index)
    return std::nullopt;
  return slot_of(*index, key.leg);
}

symbol_index state_table::index_of(position_slot slot) const {
  return static_cast<symbol_index>(slot.value / stride_);
}

position_side state_table::leg_of(position_slot slot) const {
  return static_cast<position_side>(slot.value % stride_);
}

truth_view state_table::read(position_slot slot) const {
  // The account's instant first: all content it proves was written before it, so the slot read
  // after it can only be as new or newer. The other way round could put a new instant on old
  // content.
  const auto account = account_as_of_.load(std::memory_order_acquire);
  const auto cells = slots_[slot.value].cells.load();
  const auto [packed, amount, entry, own_as_of, changed_at, version, detached_until] = cells;
  truth_view view;
  view.content = unpack(packed & ((1 << kind_bits) - 1), amount, entry);
  view.as_of = from_ticks(account > detached_until ? std::max(own_as_of, account) : own_as_of);
  view.changed_at = venue_time{changed_at};
  view.source = static_cast<truth_source>(packed >> kind_bits);
  view.version = static_cast<std::uint64_t>(version);
  return view;
}

truth_view state_table::read(const position_key& key) const {
  const auto slot = slot_of(key);
  return slot ? read(*slot) : truth_view{};
}

bool state_table::looks_open(position_slot slot) const {
  constexpr std::int64_t open_kind = 2;
  return (slots_[slot.value].cells.peek(0) & ((1 << kind_bits) - 1)) == open_kind;
}

std::optional<price> state_table::liquidation(const position_key& key,
                                              const position_open& held) const {
  const auto slot = slot_of(key);
  if (!slot)
    return std::nullopt;
  const auto [amount, entry, at] = liquidations_[slot->value].load();
  if (at <= 0 || amount != held.amount.raw() || entry != held.entry.raw())
    return std::nullopt;
  return price::from_raw(at);
}

void state_table::write_liquidation(position_slot slot, const position_open& held, price at) {
  liquidations_[slot.value].store({held.amount.raw(), held.entry.raw(), at.raw()});
}

std::optional<instant> state_table::account_as_of() const {
  const auto account = account_as_of_.load(std::memory_order_acquire);
  if (account == never)
    return std::nullopt;
  return from_ticks(account);
}

void state_table::write(position_slot slot, const slot_state& state) {
  const auto* open = std::get_if<position_open>(&state.content);
  const auto kind = static_cast<std::int64_t>(state.content.index());
  const auto source = static_cast<std::int64_t>(state.source);
  slots_[slot.value].cells.store({
      kind | source << kind_bits,
      open ? open->amount.raw() : 0,
      open ? open->entry.raw() : 0,
      ticks(state.as_of),
      state.changed_at.ms,
      static_cast<std::int64_t>(state.version),
      state.detached_until ? ticks(*state.detached_until) : never,
  });
}

void state_table::prove_account(instant sent_at) {
  const auto newest = std::max(account_as_of_.load(std::memory_order_relaxed), ticks(sent_at));
  account_as_of_.store(newest, std::memory_order_release);
}

}  // namespace sluice
