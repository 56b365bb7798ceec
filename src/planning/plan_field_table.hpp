// The one table of a plan's fields: the parser checks names by it, and the published schema is made
// from it.
#pragma once

#include <array>
#include <string_view>

namespace sluice {

/// What kind of text a field takes.
enum class field_form {
  plan_name,
  source_name,
  symbol_name,
  kind,
  leg,
  direction,
  positive,   ///< A decimal greater than 0.
  decimal,    ///< A decimal, 0 or more.
  span,       ///< Greater than 0, with units.
  time,       ///< RFC 3339.
  free_text,  ///< At most reason_bytes_max bytes without control characters.
};

/// Whether a kind of plan has a field.
enum class presence { never, may, must };

struct known_field {
  std::string_view name{};
  field_form form{field_form::free_text};
  presence open{presence::never};
  presence reduce{presence::never};
  presence cancel{presence::never};
  std::string_view meaning{};
};

inline constexpr std::size_t reason_bytes_max = 64;

inline constexpr std::array known_fields{
    known_field{"plan_id", field_form::plan_name, presence::must, presence::must, presence::must,
                "Chosen by the producer; the same id with the same content is the same plan."},
    known_field{"source", field_form::source_name, presence::must, presence::must, presence::must,
                "Who wants it."},
    known_field{"symbol", field_form::symbol_name, presence::must, presence::must, presence::may,
                "As the venue spells it."},
    known_field{"kind", field_form::kind, presence::must, presence::must, presence::must,
                "What is wanted."},
    known_field{"position_side", field_form::leg, presence::may, presence::may, presence::may,
                "The leg of an account in hedge mode; both without it."},
    known_field{"created_at", field_form::time, presence::may, presence::may, presence::may,
                "When the producer made it; one that is too old is refused."},
    known_field{"ttl", field_form::span, presence::may, presence::may, presence::may,
                "How long it lives after its receipt."},
    known_field{"deadline", field_form::time, presence::may, presence::may, presence::may,
                "Instead of ttl: until when it lives."},
    known_field{"side", field_form::direction, presence::must, presence::never, presence::never,
                "Which way to open."},
    known_field{"quantity", field_form::positive, presence::may, presence::never, presence::never,
                "How much, in base asset."},
    known_field{"notional", field_form::positive, presence::may, presence::never, presence::never,
                "Instead: for how much, in quote asset."},
    known_field{"risk", field_form::positive, presence::may, presence::never, presence::never,
                "Instead: how much may be lost from the mark to the stop, in quote asset."},
    known_field{"stop", field_form::positive, presence::may, presence::never, presence::never,
                "The price at which the exit engine closes at a loss."},
    known_field{"take_profit", field_form::positive, presence::may, presence::never,
                presence::never, "The price at which it closes at a gain."},
    known_field{"time_limit", field_form::span, presence::may, presence::never, presence::never,
                "How long the position may stand."},
    known_field{"target", field_form::decimal, presence::never, presence::must, presence::never,
                "What may stay at most, in base asset; 0 closes."},
    known_field{"reason", field_form::free_text, presence::never, presence::may, presence::never,
                "Why; for people."},
    known_field{"cancels", field_form::plan_name, presence::never, presence::never, presence::must,
                "The plan to withdraw."},
};

[[nodiscard]] constexpr presence presence_in(const known_field& f, std::string_view kind) {
  return kind == "open" ? f.open : kind == "reduce" ? f.reduce : f.cancel;
}

}  // namespace sluice
