#!/usr/bin/perl
# Calls operations of an API through a client that OpenAPI::Client generates from the API's own document, and
# holds the answers against it. Standard input: {"document": path, "base": url, "calls": [{"id": ...,
# "parameters": {...}, "body": "..."}]}. Standard output: one JSON line per call, with the rows of the answer
# and the cursor of the next ones where it has some.

use strict;
use warnings;
use Mojo::JSON qw(decode_json encode_json);
use OpenAPI::Client;

my $asked = decode_json(do { local $/; <STDIN> });
my $client = OpenAPI::Client->new("file://$asked->{document}", {base_url => $asked->{base}});
my %route = map { $_->{operation_id} => $_ } $client->validator->routes->each;

for my $call (@{$asked->{calls}}) {
  my $id = $call->{id};
  my @body = defined $call->{body} ? (body => $call->{body}) : ();
  my $tx = $client->call($id => $call->{parameters} // {}, @body);
  my $answer = $tx->res;
  my $type = $answer->headers->content_type // '';
  my @faults;
  # What was not sent has the faults of the request in place of an answer.
  my $error = $tx->error // {code => 200};
  my $body = $type =~ m{json} || !$type ? $answer->json : undef;
  push @faults, $error->{message} unless $error->{code};
  push @faults, map { "$_->{path}: $_->{message}" } @{$body->{errors}}
    if ref $body eq 'HASH' && ref $body->{errors} eq 'ARRAY';
  push @faults, answer_faults($route{$id}, $answer, $type) unless @faults;
  my $whole = ref $body eq 'HASH' ? $body : {};
  my $rows = ref $whole->{data} eq 'ARRAY' ? $whole->{data} : [];
  my $next = ref $whole->{meta} eq 'HASH' ? $whole->{meta}{next_cursor} : undef;
  my %told = (rows => $rows, next => $next, faults => \@faults);
  print encode_json({id => $id, status => 0 + ($answer->code // 0), type => $type, %told}), "\n";
}

# What is wrong with an answer by the document.
sub answer_faults {
  my ($route, $answer, $type) = @_;
  return () unless $type =~ m{json};
  my $status = $answer->code;
  my $body = {exists => 1, value => $answer->json, content_type => $type =~ s{;.*}{}r};
  return map {"$_"} $client->validator->validate_response(
    [$route->{method}, $route->{path}, $status], {body => sub {$body}});
}
