{{/* `spring.kafka` of all components: the addresses of Kafka and the registry, and the security of the connections. */}}
{{- define "pawline.kafka" -}}
{{- $values := .Values -}}
{{- $security := $values.kafka.security -}}
{{- $properties := dict "schema.registry.url" (include "pawline.required" (list $values.schemaRegistry.url "schemaRegistry.url" "address of the schema registry")) -}}
{{- if $values.schemaRegistry.existingSecret -}}
{{- $_ := set $properties "basic.auth.credentials.source" "USER_INFO" -}}
{{- end -}}
{{- if $values.schemaRegistry.caSecret -}}
{{- $_ := set $properties "schema.registry.ssl.truststore.type" "PEM" -}}
{{- end -}}
{{- if ne $security.protocol "PLAINTEXT" -}}
{{- $_ := set $properties "security.protocol" $security.protocol -}}
{{- end -}}
{{- if hasPrefix "SASL_" $security.protocol -}}
{{- $_ := set $properties "sasl.mechanism" $security.mechanism -}}
{{- end -}}
{{- if eq $security.protocol "SSL" -}}
{{- $_ := set $properties "ssl.keystore.type" "PEM" -}}
{{- end -}}
{{- if and (hasSuffix "SSL" $security.protocol) $security.caSecret -}}
{{- $_ := set $properties "ssl.truststore.type" "PEM" -}}
{{- end -}}
{{- dict
    "bootstrap-servers" (include "pawline.required" (list $values.kafka.bootstrapServers "kafka.bootstrapServers" "brokers as host:port,host:port"))
    "properties" (merge $properties $values.kafka.properties) | toYaml -}}
{{- end -}}

{{/* Name of the Secret with a component's Kafka user; empty if there is none. Takes the component. */}}
{{- define "pawline.kafkaSecret" -}}
{{- $kafka := .root.Values.kafka -}}
{{- if .values.kafkaSecret -}}
{{- .values.kafkaSecret -}}
{{- else if and (eq $kafka.users.manage "strimzi") (ne .name "setup") -}}
{{- /* The operator names the Secret after the user. */ -}}
{{- include "pawline.componentName" . -}}
{{- else -}}
{{- $kafka.security.existingSecret -}}
{{- end -}}
{{- end -}}

{{/* The parts of a connection to Kafka that come from a Secret. Takes the component. */}}
{{- define "pawline.kafkaEnv" -}}
{{- $values := .root.Values -}}
{{- $security := $values.kafka.security -}}
{{- $secret := include "pawline.kafkaSecret" . -}}
{{- with $values.kafka.topicPrefix }}
- name: PAWLINE_TOPIC_PREFIX
  value: {{ . | quote }}
{{- end }}
{{- if hasPrefix "SASL_" $security.protocol }}
{{ include "pawline.kafkaKey" (list "SASL_JAAS_CONFIG" $secret $security.jaasKey $security.protocol) }}
{{- end }}
{{- if eq $security.protocol "SSL" }}
{{ include "pawline.kafkaKey" (list "SSL_KEYSTORE_CERTIFICATE_CHAIN" $secret $security.certificateKey $security.protocol) }}
{{ include "pawline.kafkaKey" (list "SSL_KEYSTORE_KEY" $secret $security.privateKeyKey $security.protocol) }}
{{- end }}
{{- if and (hasSuffix "SSL" $security.protocol) $security.caSecret }}
{{ include "pawline.kafkaKey" (list "SSL_TRUSTSTORE_CERTIFICATES" $security.caSecret $security.caKey $security.protocol) }}
{{- end }}
{{- with $values.kafka.clientRackLabel }}
- name: SPRING_KAFKA_PROPERTIES_CLIENT_RACK
  valueFrom:
    fieldRef:
      fieldPath: metadata.labels['{{ . }}']
{{- end }}
{{- with $values.schemaRegistry.existingSecret }}
{{ include "pawline.kafkaKey" (list "BASIC_AUTH_USER_INFO" . $values.schemaRegistry.userInfoKey "") }}
{{- end }}
{{- with $values.schemaRegistry.caSecret }}
{{ include "pawline.kafkaKey" (list "SCHEMA_REGISTRY_SSL_TRUSTSTORE_CERTIFICATES" . $values.schemaRegistry.caKey "") }}
{{- end }}
{{- end -}}

{{- define "pawline.kafkaKey" -}}
- name: SPRING_KAFKA_PROPERTIES_{{ index . 0 }}
  valueFrom:
    secretKeyRef:
      name: {{ include "pawline.required" (list (index . 1) "kafka.security.existingSecret" (printf "kafka.security.protocol is %s, which takes a user" (index . 3))) }}
      key: {{ index . 2 }}
{{- end -}}

{{/* What all names in Kafka begin with. Takes the top-level scope. */}}
{{- define "pawline.names" -}}
{{ .Values.kafka.topicPrefix }}pawline.
{{- end -}}

{{/* All topics as YAML: name to partitions, kept and uncompacted (days), or keptMinutes, policy (other than delete) and largest (bytes of a record). `Topics` of the services has the same. */}}
{{- define "pawline.topics" -}}
{{- $pawline := include "pawline.names" . -}}
{{- $partitions := int .Values.kafka.topics.partitions -}}
{{- range $name, $component := include "pawline.components" . | fromYaml }}
{{- if $component.stage }}
{{ $pawline }}{{ $name }}: {partitions: {{ $partitions }}, kept: 7, largest: 1048588}
{{ $pawline }}{{ $name }}.retry: {partitions: {{ $partitions }}, kept: 7, largest: 1114124}
{{- if eq $name "callback" }}
{{ $pawline }}{{ $name }}.retry-long: {partitions: {{ $partitions }}, kept: 7, largest: 1114124, timestamps: LogAppendTime}
{{- end }}
{{ $pawline }}{{ $name }}.dlt: {partitions: {{ $partitions }}, kept: 30, largest: 1114124}
{{- end }}
{{- end }}
{{ $pawline }}attempts: {partitions: {{ $partitions }}, kept: 7, largest: 1048588}
{{ $pawline }}limits: {partitions: 5, keptMinutes: 5, segmentMinutes: 5, largest: 1048588}
{{ $pawline }}budget: {partitions: 1, keptMinutes: 5, segmentMinutes: 5, largest: 1048588}
{{ $pawline }}live: {partitions: 1, kept: 1, largest: 1048588}
{{ $pawline }}control: {partitions: 1, policy: compact, uncompacted: 2, compacted: 3, segmentHours: 1, tombstoneHours: 1, dirty: "0.01"}
{{- end -}}

{{/* Not empty if the pods of a component share the limit of one provider. Takes the component's name. */}}
{{- define "pawline.sharesLimit" -}}
{{- if has . (list "detect" "generate" "matting") }}true{{ end -}}
{{- end -}}

{{/* The rights of a component at the brokers, as Strimzi's ACLs. Takes the component. */}}
{{- define "pawline.acls" -}}
{{- $pawline := include "pawline.names" .root -}}
{{- $work := printf "%s%s" $pawline .name -}}
{{- $reads := list -}}
{{- $writes := list (print $pawline "control") -}}
{{- if .stage -}}
{{- $own := eq .name "callback" | ternary (list $work (printf "%s.retry" $work) (printf "%s.retry-long" $work)) (list $work (printf "%s.retry" $work)) -}}
{{- $reads = concat $own (list (print $pawline "control")) -}}
{{- if eq .name "callback" -}}
{{- /* Its reaper looks for tasks in the work of all stages. */ -}}
{{- range $name, $other := include "pawline.components" .root | fromYaml -}}
{{- if and $other.stage (ne $name "callback") -}}
{{- $reads = concat $reads (list (printf "%s%s" $pawline $name) (printf "%s%s.retry" $pawline $name)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $writes = concat $writes (rest $own) (list (printf "%s.dlt" $work) (print $pawline "attempts")) -}}
{{- if include "pawline.sharesLimit" .name -}}
{{- $reads = concat $reads (list (print $pawline "limits") (print $pawline "budget")) -}}
{{- $writes = concat $writes (list (print $pawline "limits") (print $pawline "budget")) -}}
{{- end -}}
{{- if .next -}}
{{- $writes = concat $writes (list (printf "%s%s" $pawline .next) (print $pawline "callback")) | uniq -}}
{{- end -}}
{{- else if eq .name "ops" -}}
{{- /* It reads all topics, and a replay writes work. */ -}}
{{- $reads = include "pawline.topics" .root | fromYaml | keys | sortAlpha -}}
{{- $writes = append $writes (print $pawline "live") -}}
{{- range $name, $other := include "pawline.components" .root | fromYaml -}}
{{- if $other.stage -}}
{{- $writes = append $writes (printf "%s%s" $pawline $name) -}}
{{- end -}}
{{- end -}}
{{- else -}}
{{- $next := .next -}}
{{- range $name, $other := include "pawline.components" .root | fromYaml -}}
{{- if and $other.stage (ne $name $next) -}}
{{- $reads = append $reads (printf "%s%s" $pawline $name) -}}
{{- end -}}
{{- end -}}
{{- $reads = concat $reads (list (print $pawline "budget") (print $pawline "control")) -}}
{{- $writes = concat $writes (list (printf "%s%s" $pawline .next) (print $pawline "budget")) -}}
{{- end -}}
{{- range $reads }}
- resource: {type: topic, name: {{ . }}, patternType: literal}
  operations: [Read, Describe]
{{- end }}
{{- range $writes }}
- resource: {type: topic, name: {{ . }}, patternType: literal}
  operations: [Write, Describe]
{{- end }}
{{- if eq .name "ops" }}
# The groups of its listeners, of the live report, and one for each replay
- resource: {type: group, name: {{ $pawline }}ops., patternType: prefix}
  operations: [Read, Describe, Delete]
{{- range $name, $other := include "pawline.components" .root | fromYaml }}
{{- if $other.stage }}
# The lag of the stages
- resource: {type: group, name: {{ $pawline }}{{ $name }}, patternType: literal}
  operations: [Describe]
{{- end }}
{{- end }}
- resource: {type: transactionalId, name: {{ $pawline }}ops.replay, patternType: literal}
  operations: [Write, Describe]
# How full the disks of the brokers are
- resource: {type: cluster}
  operations: [Describe]
# The topics and transactions that Kafka Streams makes for the live report
- resource: {type: topic, name: {{ $pawline }}ops.live-, patternType: prefix}
  operations: [Create, Delete, Describe, DescribeConfigs, Read, Write, Alter]
- resource: {type: transactionalId, name: {{ $pawline }}ops.live-, patternType: prefix}
  operations: [Write, Describe]
{{- else }}
- resource: {type: group, name: {{ .stage | ternary $work (printf "%s.progress" $work) }}, patternType: literal}
  operations: [Read, Describe]
{{- end }}
{{- if eq .name "ingest" }}
# For what the stages ask for of their tenants' money
- resource: {type: group, name: {{ $work }}.budget, patternType: literal}
  operations: [Read, Describe]
{{- end }}
{{- if eq .name "callback" }}
# For the final states, which it writes into the tasks' rows whatever the receivers do
- resource: {type: group, name: {{ $work }}.final-states, patternType: literal}
  operations: [Read, Describe]
# For what the stages have completed, which its reaper leaves out
{{- range $name, $other := include "pawline.components" .root | fromYaml }}
{{- if and $other.stage (ne $name "callback") }}
- resource: {type: group, name: {{ $pawline }}{{ $name }}, patternType: literal}
  operations: [Describe]
{{- end }}
{{- end }}
{{- end }}
{{- if .stage }}
# <group>-<instance id>
- resource: {type: transactionalId, name: {{ $work }}-, patternType: prefix}
  operations: [Write, Describe]
{{- end }}
{{- end -}}
