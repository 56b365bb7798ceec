// The first look at a request: what need not pass through the status actor does not.
#include "sluice/actors/status.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/status/log_stream.hpp"
#include "sluice/status/problem.hpp"

namespace sluice::actors {
namespace {

/// A browser sends this content type across origins only after asking, and nobody answers that.
bool is_json(const status::request& r) {
  return r.content_type.starts_with("application/json");
}

void post_plans(const intake_actor& intake, status::request&& asked, status::responder answer) {
  plans_posted posted{std::move(asked.body), std::nullopt, std::move(answer)};
  if (const auto dry_run = asked.query.find("dry_run")) {
    // Whoever misspells it must not trade.
    if (*dry_run != "true" && *dry_run != "false")
      return (*posted.answer)(status::problem_response(
          {400, "invalid_query", {}, {}, {{"dry_run", "takes true or false"}}}));
    posted.dry_run = *dry_run == "true";
  }
  if (const auto wait = asked.query.find("wait")) {
    const auto parsed = parse_duration(*wait);
    if (!parsed)
      return (*posted.answer)(status::problem_response(
          {400, "invalid_query", {}, {}, {{"wait", parsed.error().text}}}));
    posted.wait = *parsed;
  }
  caf::anon_send(intake, std::move(posted));
}

}  // namespace

status::request_handler http_gateway(std::shared_ptr<status::logger> log, intake_actor intake,
                                     status_actor status) {
  return [log, intake, status](status::request asked, status::responder answer) {
    if (asked.method == "POST" && !is_json(asked))
      return answer(
          status::problem_response(415, "POST takes application/json; say so in Content-Type"));
    if (asked.method == "POST" && asked.path == status::plans_path)
      return post_plans(intake, std::move(asked), std::move(answer));
    if (asked.method == "GET" && asked.path == "/api/v1/logs")
      return status::stream_logs(*log, asked, answer);
    caf::anon_send(status, http_asked{std::make_shared<const status::request>(std::move(asked)),
                                      std::move(answer)});
  };
}

}  // namespace sluice::actors
