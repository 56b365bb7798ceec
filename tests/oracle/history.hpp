// What really happened, as plain values: the venue's books, the wire, and the journal's records.
// The oracle knows nothing else, and no type of the product.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "record_text.hpp"

namespace sluice::oracle {

/// Amounts in hundred-millionths; times in milliseconds of the simulated world, -1 when not known.
using units = std::int64_t;
using ms = std::int64_t;

enum class origin : std::uint8_t { product, person, venue };

struct venue_order {
  std::string client_id{};
  std::int64_t id{0};
  origin by{origin::product};
  std::string symbol{};
  bool buys{true};
  units asked{0};
  units executed{0};
  bool reduce_only{false};
  bool open{false};
  ms created{0};
  ms changed{0};
};

struct venue_fill {
  std::int64_t trade{0};
  std::int64_t order{0};
  std::string client_id{};
  std::string symbol{};
  bool buys{true};
  units amount{0};
  ms at{-1};
};

/// One record of the journal as its reader gives it. `seen_at`: when the process told that it was
/// durable.
struct journal_record {
  std::int64_t seq{0};
  std::string kind{};
  record_text json{};
  ms seen_at{-1};
};

/// One stored judgement, whatever it said.
struct judged {
  std::string plan{};
  std::string kind{};
  ms late{0};             ///< Decided minus deadline, as stored: at most zero when it was in time.
  bool recovered{false};  ///< Written at a start, without facts.
  ms at{-1};              ///< When its record was told to be durable.
};

/// The facts of one stored judgement that was an allow.
struct allowed {
  std::string plan{};
  bool opens{false};
  bool known{true};  ///< Truth was known.
  ms age{0};         ///< Decided minus as_of, as stored.
  ms limit{0};       ///< In force for its lane.
  bool held{false};  ///< A hold was on the position.
  bool hold_blocks{false};
  bool in_flight{false};
  bool trades_nothing{false};  ///< Of a plan that cancels another one.
  bool recovered{false};       ///< Written at a start for an order on its way: without facts.
  std::string symbol{};
  units truth{0};   ///< The position that it stands on, signed.
  units amount{0};  ///< Permitted.
  ms remaining{0};  ///< Until the deadline, when decided.
  ms at{-1};        ///< When its record was told to be durable.
};

/// An order that came in at the venue.
struct arrival {
  std::string client_id{};
  std::string symbol{};
  ms at{0};
  bool durable{false};  ///< Its intent was on the disk, synced, at that moment.
};

enum class wire_event : std::uint8_t {
  written,   ///< A request left.
  answered,  ///< Its whole reply came in.
  told,      ///< An event of the user stream came in.
  restarted  ///< A process began.
};
struct wire_line {
  ms at{0};
  wire_event what{wire_event::written};
  std::string method{};
  std::string path{};
  std::string symbol{};
  int status{0};
  std::optional<ms> stop_until{};  ///< An answer that forbids any request until then.
  std::string client_id{};         ///< Of a request that places an order.
};

/// The venue's own count after a request.
struct weight_line {
  ms at{0};
  std::int64_t used{0};
  std::int64_t limit{0};  ///< 0: lifted.
};

/// A plan as its producer knows it.
struct offered {
  std::string plan{};
  ms deadline{0};                     ///< The last moment for its verdict.
  std::optional<std::string> told{};  ///< The verdict in a reply: allow, deny, expire.
  bool taken{false};                  ///< A reply said that it is accepted.
};

struct position_look {
  std::string symbol{};
  units truth{0};
  bool known{false};
  units venue{0};
};

/// Our wall clock was set, or the venue's stepped.
struct clocks_line {
  ms at{0};
  ms by{0};
};

/// A commit that began between the two took so long.
struct slow_commits {
  ms from{0};
  ms to{0};
  ms each{0};
};

struct history {
  std::vector<venue_order> orders{};
  std::vector<venue_fill> fills{};
  std::vector<journal_record> records{};
  std::vector<judged> judgements{};
  std::vector<allowed> allows{};
  std::vector<arrival> arrivals{};
  std::vector<wire_line> wire{};
  std::vector<weight_line> weights{};
  std::vector<offered> plans{};
  std::map<std::string, units>
      initial{};  ///< Positions before the first fill; those left out were flat.
  std::map<std::string, units> steps{};  ///< Of amounts, by symbol.
  bool foreign_held{false};  ///< What strangers trade is held against, and never adopted.
  std::vector<std::string> open_holds{};  ///< Symbols, as the journal's state has them.
  std::map<std::int64_t, std::string> told_durable{};  ///< What processes committed, by number.
  std::vector<std::string> unverified{};   ///< What verifications of the journal found wrong.
  std::vector<std::string> not_started{};  ///< Why processes could not start.
  std::vector<ms> clock_set{};             ///< When our wall clock jumped.
  std::vector<clocks_line> clocks_moved{};
  std::vector<slow_commits> slow_disk{};
  ms stale_entry{0};  ///< Truth may be so old, as configured.
  ms stale_exit{0};
  bool ready_at_end{true};
  bool ready_in_calm{true};  ///< When the last plans were offered.
  std::string why_not_ready_in_calm{};
  ms calm_look_at{0};                      ///< When that was asked.
  std::vector<std::string> wanted_flat{};  ///< Symbols, by exits long after the last fault.
  std::string wanted_open{};  ///< The plan of an entry on a flat symbol then; empty: none.
  std::string why_not_ready{};
  std::vector<position_look> looks{};  ///< Long after the last fault.
  /// What GET says at the end, by plan: its verdict, empty for none.
  std::map<std::string, std::string> shown{};
  ms ended_at{0};
  std::vector<std::string> secrets{};  ///< What nothing may carry: key, secret, listenKeys.
  std::vector<std::string> answers{};  ///< To posted plans, and their pages.
  std::vector<std::string> log{};      ///< What the client told of itself.
};

struct violation {
  std::string invariant{};  ///< "I2".
  std::string what{};
};

}  // namespace sluice::oracle
