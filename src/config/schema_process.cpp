// The keys of [journal], [status] and [log]: what the process writes down, serves and says.
#include "builder.hpp"
#include "describe.hpp"

namespace sluice::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto live = changes::at_reload;
constexpr std::uint64_t kibibyte = 1'024;
constexpr std::uint64_t mebibyte = 1'024 * kibibyte;
constexpr std::uint64_t gibibyte = 1'024 * mebibyte;

void describe_sizes(section_builder& b, ::sluice::status::http_settings& s) {
  b.byte_size({"header_size_max", "Request line and fields together; more is refused with 431."},
              s.header_size_max, {512, 64 * kibibyte});
  b.byte_size({"body_size_max", "Body of every request but those that send plans."},
              s.body_size_max, {kibibyte, 16 * mebibyte});
  b.byte_size({"plans_body_size_max", "Body of a request that sends plans, which may be many."},
              s.plans_body_size_max, {kibibyte, 16 * mebibyte});
  b.integer(
      {"connections_max",
       "Connections at once; for a further one the one that has kept us waiting longest is closed, "
       "else it gets 503 (with TLS it is closed). Event readers are not counted."},
      s.connections_max, {1, 10'000});
  b.integer({"event_readers_max", "Readers of events and logs at once; further ones get 503."},
            s.event_readers_max, {1, 10'000});
  b.byte_size({"event_buffer_size_max",
               "Held for one reader; whoever falls further behind is "
               "dropped."},
              s.event_buffer_size_max, {16 * kibibyte, 64 * mebibyte});
}

void describe_access(section_builder& b, ::sluice::status::http_settings& s) {
  b.file({"read_token_file",
          "Holds the tokens that looking needs, one a line, of 16 characters or more; mode 0600. "
          "Shown as \"Authorization: Bearer ...\". \"\": it needs none. /healthz, /readyz and the "
          "page of the dashboard never do."},
         s.read_token_file);
  b.file({"write_token_file",
          "The same for orders and for plans of sources without a token of their own. Whoever may "
          "order may look."},
         s.write_token_file);
  b.file({"tls_certificate_file",
          "The server's certificate and its chain in PEM, for https. \"\": plain HTTP."},
         s.tls_certificate_file);
  b.file({"tls_key_file", "The certificate's private key in PEM, without a passphrase; mode 0600."},
         s.tls_key_file);
}

void describe_times(section_builder& b, ::sluice::status::http_settings& s) {
  b.duration({"header_timeout", "From the first byte of a request to the end of its head."},
             s.header_timeout, {milliseconds{100}, minutes{1}});
  b.duration({"body_timeout", "From there to the end of its body."}, s.body_timeout,
             {milliseconds{100}, minutes{5}});
  b.duration({"idle_timeout", "Without any request on a kept connection."}, s.idle_timeout,
             {milliseconds{100}, hours{1}});
  b.duration(
      {"answer_timeout", "For the answer to be found, also where it waits for verdicts; then 504."},
      s.answer_timeout, {::sluice::status::verdict_wait_max + milliseconds{1'000}, minutes{10}});
  b.duration({"write_timeout", "For the client to take an answer or an event."}, s.write_timeout,
             {milliseconds{100}, minutes{5}});
  b.duration({"heartbeat_period", "Comment line on a quiet event stream, so that proxies keep it."},
             s.heartbeat_period, {milliseconds{100}, seconds{20}});
  b.duration({"stop_timeout", "For requests under way when the process stops."}, s.stop_timeout,
             {milliseconds{0}, minutes{1}});
}

}  // namespace

section describe_journal(::sluice::journal::journal_settings& s) {
  section_builder b{"journal", "What is written down before it is acted upon."};
  b.text(
      {"state_dir",
       "Directory of lock and journal; made when missing, mode 0700. One process at a time. Mode "
       "live takes a path from the root."},
      s.state_dir, "a path in quotes");
  b.integer(
      {"commit_batch_max",
       "Records made durable together at most; one fsync for all of them. A slow disk gets more."},
      s.commit_batch_max, {1, 100'000});
  b.duration({"commit_wait",
              "How long what somebody waits for (an intent, an accepted plan) lets further records "
              "join its fsync. Without any at hand it waits for none."},
             s.commit_wait, {milliseconds{0}, milliseconds{100}});
  b.duration({"busy_timeout", "How long to wait for another reader or writer of the file."},
             s.busy_timeout, {milliseconds{0}, minutes{1}});
  b.integer({"trade_ids_kept",
             "Trade ids per symbol given back at start, so that no fill counts "
             "twice."},
            s.trade_ids_kept, {1, 1'000'000});
  b.duration(
      {"retention",
       "At start, records older than this are moved into <state_dir>/archive, once a day's "
       "worth of them is; 0ms keeps all, and less than 48h is refused, since the limits of a day "
       "are counted from so far back. While it is made, an archive needs free space of twice "
       "the journal's size. After a crash with a position or an order open it waits for the next "
       "orderly start."},
      s.retention, {milliseconds{0}, hours{87'600}});
  b.validate([&s] { return ::sluice::journal::validate(s); });
  return std::move(b).take();
}

section describe_status(::sluice::status::http_settings& s) {
  section_builder b{"status", "The HTTP server: dashboard, API, metrics, plans."};
  b.text({"listen",
          "Address and port; port 0 takes any free one. An address that is not loopback needs "
          "both tokens and TLS."},
         s.listen, "an address with a port, e.g. \"127.0.0.1:8645\"");
  b.list({"allowed_hosts",
          "Names admitted in the Host header beside localhost, 127.0.0.1, [::1] and the address "
          "above: a web page of another name cannot reach the API through a browser."},
         s.allowed_hosts, "a list of host names without ports");
  describe_access(b, s);
  describe_sizes(b, s);
  describe_times(b, s);
  b.validate([&s] { return ::sluice::status::validate(s); });
  return std::move(b).take();
}

section describe_log(::sluice::status::log_settings& s) {
  using ::sluice::status::log_format;
  using ::sluice::status::log_level;
  section_builder b{"log", "What the process says, one line per event."};
  b.word({"level", "The least important lines that are written.", live}, s.level,
         {{"debug", log_level::debug},
          {"info", log_level::info},
          {"warn", log_level::warn},
          {"error", log_level::error}});
  b.word({"format",
          "How lines are written to stderr and to the file: logfmt for people, json (an object per "
          "line) for collectors. /api/v1/logs has logfmt always.",
          live},
         s.format, {{"logfmt", log_format::logfmt}, {"json", log_format::json}});
  b.flag({"to_stderr", "Whether lines go to the standard error stream, where systemd reads them."},
         s.to_stderr);
  b.text({"file", "A file that lines go to as well; \"\" for none."}, s.file, "a path in quotes");
  b.byte_size({"file_size_max", "The file is rotated when it would grow past this."},
              s.file_size_max, {64 * kibibyte, 4 * gibibyte});
  b.integer({"files_kept", "Rotated files beside the current one."}, s.files_kept, {0, 1'000});
  b.integer({"ring_lines", "Lines kept in memory for /api/v1/logs."}, s.ring_lines, {1, 1'000'000});
  b.integer({"queue_lines_max",
             "Lines waiting for the disk; further ones are dropped and counted, "
             "for trading never waits for a log."},
            s.queue_lines_max, {16, 1'000'000});
  b.duration({"repeat_period", "The same rate-limited line shows once per this.", live},
             s.repeat_period, {milliseconds{0}, hours{1}});
  b.validate([&s] { return ::sluice::status::validate(s); });
  return std::move(b).take();
}

section describe_log_levels(::sluice::status::log_settings& s) {
  using ::sluice::status::log_level;
  section_builder b{"log.levels",
                    "The level of single components, by the names their lines have; \"default\" "
                    "follows log.level. `sluice log-level` changes them until the next start."};
  for (std::size_t i = 0; i < s.levels.size(); ++i)
    b.word<std::optional<log_level>>(
        {::sluice::status::log_components[i], "The least important of its lines.", live},
        s.levels[i],
        {{"default", std::nullopt},
         {"debug", log_level::debug},
         {"info", log_level::info},
         {"warn", log_level::warn},
         {"error", log_level::error}});
  return std::move(b).take();
}

}  // namespace sluice::config
