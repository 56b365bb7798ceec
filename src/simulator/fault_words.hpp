// How the fault script spells its enumerators.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "sluice/simulator/faults.hpp"

namespace sluice::simulator {

template <class Enum, std::size_t N>
using words = std::array<std::pair<std::string_view, Enum>, N>;

inline constexpr words<request_effect, 16> request_effects{{
    {"delay", request_effect::delay},
    {"delay_before", request_effect::delay_before},
    {"status", request_effect::status},
    {"drop_reply", request_effect::drop_reply},
    {"hang", request_effect::hang},
    {"reset_before", request_effect::reset_before},
    {"reset_after", request_effect::reset_after},
    {"truncate", request_effect::truncate},
    {"malform", request_effect::malform},
    {"damage", request_effect::damage},
    {"misframe", request_effect::misframe},
    {"cut_reply", request_effect::cut_reply},
    {"hold_for_event", request_effect::hold_for_event},
    {"hide_order", request_effect::hide_order},
    {"freeze", request_effect::freeze},
    {"fill_parts", request_effect::fill_parts},
}};
inline constexpr words<stream_effect, 7> stream_effects{{
    {"mute", stream_effect::mute},
    {"drop_connection", stream_effect::drop_connection},
    {"drop_events", stream_effect::drop_events},
    {"duplicate_events", stream_effect::duplicate_events},
    {"delay_events", stream_effect::delay_events},
    {"reorder_events", stream_effect::reorder_events},
    {"refuse_stream", stream_effect::refuse},
}};
inline constexpr words<connection_effect, 4> connection_effects{{
    {"refuse_connection", connection_effect::refuse},
    {"slow_handshake", connection_effect::slow_handshake},
    {"certificate", connection_effect::certificate},
    {"cut_request", connection_effect::cut_request},
}};
inline constexpr words<venue_effect, 6> venue_effects{{
    {"ban", venue_effect::ban},
    {"expire_listen_key", venue_effect::expire_listen_key},
    {"symbol_change", venue_effect::symbol_change},
    {"more_symbols", venue_effect::more_symbols},
    {"clock_step", venue_effect::clock_step},
    {"clock_drift", venue_effect::clock_drift},
}};
inline constexpr words<body_damage, 12> body_damages{{
    {"cut", body_damage::cut},
    {"nan", body_damage::nan},
    {"overflow", body_damage::overflow},
    {"many_digits", body_damage::many_digits},
    {"wrong_type", body_damage::wrong_type},
    {"missing_field", body_damage::missing_field},
    {"duplicate_key", body_damage::duplicate_key},
    {"deep_nesting", body_damage::deep_nesting},
    {"missing_element", body_damage::missing_element},
    {"extra_element", body_damage::extra_element},
    {"empty_list", body_damage::empty_list},
    {"not_utf8", body_damage::not_utf8},
}};
inline constexpr words<reply_framing_fault, 7> framing_faults{{
    {"length_short", reply_framing_fault::length_short},
    {"length_long", reply_framing_fault::length_long},
    {"chunk_size", reply_framing_fault::chunk_size},
    {"chunk_unfinished", reply_framing_fault::chunk_unfinished},
    {"gzip_header", reply_framing_fault::gzip_header},
    {"huge_body", reply_framing_fault::huge_body},
    {"endless_headers", reply_framing_fault::endless_headers},
}};
inline constexpr words<connection_ending, 2> endings{
    {{"reset", connection_ending::reset}, {"close", connection_ending::close}}};
inline constexpr words<stream_kind, 2> stream_kinds{
    {{"user", stream_kind::user}, {"market", stream_kind::market}}};
inline constexpr words<tls_identity, 5> identities{{
    {"expired", tls_identity::expired},
    {"wrong_host", tls_identity::wrong_host},
    {"self_signed", tls_identity::self_signed},
    {"unknown_ca", tls_identity::unknown_ca},
    {"tls_1_1", tls_identity::tls_1_1},
}};

template <class Enum, std::size_t N>
[[nodiscard]] std::optional<Enum> find_word(const words<Enum, N>& table, std::string_view name) {
  for (const auto& [text, value] : table)
    if (text == name)
      return value;
  return std::nullopt;
}

}  // namespace sluice::simulator
