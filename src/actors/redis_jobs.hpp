// The commands of each thing that the bridge writes to Redis.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/planning/permit_shelf.hpp"
#include "sluice/planning/upstream_desk.hpp"
#include "sluice/planning/upstream_words.hpp"
#include "sluice/redis/group.hpp"
#include "sluice/redis/settings.hpp"

namespace sluice::actors {

enum class job_kind : std::uint8_t { acknowledgement, refusal, permit, snapshot };
[[nodiscard]] inline std::string_view word_of(job_kind k) {
  constexpr std::array<std::string_view, 4> words{"acknowledgement", "refusal", "permit",
                                                  "snapshot"};
  return words.at(static_cast<std::size_t>(k));
}

/// Of what was refused, for people; the stream is no place for megabytes.
inline constexpr std::size_t refused_fields_bytes_max = 16UL * 1024;

[[nodiscard]] inline redis::command acknowledgement_of(const redis::settings& s,
                                                       const std::vector<std::string>& ids) {
  return redis::acknowledge(s.stream, s.group, ids);
}

[[nodiscard]] inline redis::command refusal_of(const redis::settings& s, const refused_entry& r,
                                               wall_time at) {
  return {"XADD",
          s.refused_stream,
          "MAXLEN",
          "~",
          std::to_string(s.refused_max),
          "*",
          "entry",
          r.entry.id,
          "plan_id",
          r.why.id.str(),
          "symbol",
          r.why.instrument.str(),
          "reason",
          std::string{to_string(r.why.fault)},
          "detail",
          r.why.reason,
          "refused_at",
          format_rfc3339(at),
          "fields",
          shown_fields(r.entry.fields, refused_fields_bytes_max)};
}

/// SET replaces what stands there, whatever its type.
[[nodiscard]] inline redis::command permit_command(const redis::settings& s,
                                                   const permit_due& due) {
  return {"SET", s.key_prefix + "permit:p33:" + due.plan.str(), due.text, "EX",
          std::to_string(due.lives_s)};
}

/// Told, denied where `permit_lives` is not 0, and acknowledged, in one transaction: nobody may be
/// told of a refusal whose entry is handed out once more.
[[nodiscard]] inline std::vector<redis::command> refusal_commands(const redis::settings& s,
                                                                  const refused_entry& r,
                                                                  wall_time at,
                                                                  milliseconds permit_lives) {
  std::vector<redis::command> all{refusal_of(s, r, at)};
  if (permit_lives.count() > 0)
    all.push_back(
        permit_command(s, {r.why.id, permit_json(r.why, at), 0, permit_lives.count() / 1'000}));
  all.push_back(acknowledgement_of(s, {r.entry.id}));
  return all;
}

/// Without a mark, what an earlier snapshot had by its mark goes.
[[nodiscard]] inline std::vector<redis::command> snapshot_commands(const redis::settings& s,
                                                                   const symbol& instrument,
                                                                   const stream_fields& fields,
                                                                   bool has_mark) {
  const auto key = s.key_prefix + "position:snapshot:" + instrument.str();
  redis::command set{"HSET", key};
  for (const auto& [name, value] : fields) {
    set.push_back(name);
    set.push_back(value);
  }
  std::vector<redis::command> all{std::move(set)};
  if (!has_mark)
    all.push_back({"HDEL", key, std::string{mark_fields[0]}, std::string{mark_fields[1]}});
  all.push_back({"PEXPIRE", key, std::to_string(s.snapshot_ttl.count())});
  return all;
}

}  // namespace sluice::actors
