// The keys of [intake.redis]: the stream of an existing pipeline, and what is written back to it.
#include "builder.hpp"
#include "describe.hpp"
#include "echo.hpp"

namespace sluice::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view name_takes = "1 to 128 characters without white space, in quotes";

result<source_id> read_source(std::string_view text) {
  auto id = parse_source_id(text);
  if (!id)
    return fail(errc::invalid_value, fmt::format("{} is no source", echoed(text)));
  return id;
}

std::string source_text(const source_id& id) {
  return id.str();
}

void describe_server(section_builder& b, ::sluice::redis::settings& s) {
  b.flag({"enabled", "Whether plans are read from a Redis stream."}, s.enabled);
  b.text(
      {"address",
       "Where the server is. The connection is not encrypted: over a network it needs a tunnel."},
      s.address, "\"127.0.0.1:6379\", \"[::1]:6379\" or \"unix:/run/redis/redis.sock\"");
  b.text({"username", "Name of an ACL user; \"\" for the default one."}, s.username,
         "a name in quotes");
  b.file({"password_file", "File that holds the password, mode 0600; \"\" for none."},
         s.password_file);
  b.integer({"database", "Number of the server's database."}, s.database, {0, 1'000});
  b.duration({"connect_timeout", "How long a connection may take to come about."},
             s.connect_timeout, {milliseconds{10}, minutes{1}});
  b.duration({"command_timeout", "How long an answer may take; then the connection is made anew."},
             s.command_timeout, {milliseconds{10}, minutes{1}});
  b.duration({"reconnect_min", "First pause before it is tried again; doubles from there."},
             s.reconnect_min, {milliseconds{10}, minutes{1}});
  b.duration({"reconnect_max", "Longest such pause."}, s.reconnect_max,
             {milliseconds{10}, minutes{10}});
}

void describe_stream(section_builder& b, ::sluice::redis::settings& s, upstream_settings& u) {
  b.text({"stream", "The stream that plans are read from; made when there is none."}, s.stream,
         name_takes);
  b.text({"group",
          "Our consumer group; made when there is none, to begin with the entries that are younger "
          "than intake.max_age."},
         s.group, name_takes);
  b.text({"consumer",
          "Our name in the group. It must not change over restarts, and no two processes may have "
          "the same: what a consumer took and did not acknowledge is delivered to its name again."},
         s.consumer, name_takes);
  b.integer({"entries_per_read", "Entries taken at once."}, s.entries_per_read, {1, 1'000});
  b.duration({"block", "How long one read waits for entries."}, s.block,
             {milliseconds{10}, minutes{1}});
  b.duration({"claim_idle",
              "Entries that another consumer took and did not acknowledge for this long are taken "
              "over. Must be shorter than intake.max_age."},
             s.claim_idle, {milliseconds{100}, hours{24}});
  b.list_of<source_id>(
      {"entry_sources",
       "Sources whose open plans are taken from the stream; empty means none, and none may have a "
       "token_file in intake.sources, for a stream shows no token. Closes are taken from every "
       "source that is named, unless its table there leaves exits out: whoever may write the "
       "stream may make positions smaller."},
      u.entry_sources, "a list of sources of 1 to 32 letters, digits or one of \"._:-\" each",
      &read_source, &source_text);
  b.text({"default_source", "The source of a plan that names none; \"\": such a plan is refused."},
         u.default_source, "a source in quotes, or \"\"");
  b.integer({"entry_open_max", "Open plans of the stream without a verdict at once; others wait."},
            u.entry_open_max, {1, 100'000});
  b.integer({"exit_open_max", "The same for closes, which never wait behind open plans."},
            u.exit_open_max, {1, 100'000});
  b.integer({"waiting_max",
             "Entries that may wait for their turn or for a proven truth, open plans and closes "
             "each; further ones are refused."},
            u.waiting_max, {1, 100'000});
  b.text({"refused_stream",
          "Stream that keeps every entry that is refused for good, with the reason."},
         s.refused_stream, name_takes);
  b.integer({"refused_max", "Entries kept there, roughly; the oldest go."}, s.refused_max,
            {1, 1'000'000});
}

void describe_keys(section_builder& b, ::sluice::redis::settings& s, upstream_settings& u) {
  b.text({"key_prefix",
          "What the keys of permits (PREFIXpermit:p33:ID) and snapshots "
          "(PREFIXposition:snapshot:SYMBOL) begin with."},
         s.key_prefix, name_takes);
  b.flag({"write_permits",
          "Whether the verdict of each plan is written as a permit. Sluice carries out what it "
          "allows: a service that sends orders for permits must be stopped first, or every plan is "
          "carried out twice. In mode shadow it may stay."},
         s.write_permits);
  b.duration({"permit_ttl", "How long a permit may be read after its verdict."}, u.permit_ttl,
             {seconds{1}, hours{1}});
  b.flag({"write_snapshots",
          "Whether known positions are written as snapshots. Their former writer must be stopped."},
         s.write_snapshots);
  b.duration({"snapshot_period",
              "How often each snapshot is written, besides at once when its position changes."},
             s.snapshot_period, {milliseconds{500}, hours{1}});
  b.duration({"snapshot_ttl", "How long a snapshot stays when nobody writes it any more."},
             s.snapshot_ttl, {seconds{1}, hours{24}});
}

std::vector<setting_fault> check(const settings& all) {
  auto found = all.redis.validate();
  for (auto& f : all.upstream.validate())
    found.push_back(std::move(f));
  return found;
}

}  // namespace

section describe_redis(settings& s) {
  section_builder b{"intake.redis",
                    "Plans from the Redis stream of an existing pipeline, and verdicts and "
                    "positions back in its words, so that one service of it can be replaced."};
  describe_server(b, s.redis);
  describe_stream(b, s.redis, s.upstream);
  describe_keys(b, s.redis, s.upstream);
  b.validate([&s] { return check(s); });
  return std::move(b).take();
}

}  // namespace sluice::config
