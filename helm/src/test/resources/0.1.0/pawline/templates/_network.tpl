{{/* Port of an address; the scheme's own where it names none. Takes a URL. */}}
{{- define "pawline.portOf" -}}
{{- $url := urlParse . -}}
{{- $port := regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) -}}
{{- $port | default (eq $url.scheme "http" | ternary "80" "443") -}}
{{- end -}}

{{/* One rule of what may be reached. Takes a list: peers (none: anywhere), ports as text. */}}
{{- define "pawline.egressRule" -}}
- ports:
    {{- range index . 1 }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
  {{- with index . 0 }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* The pods of a component of this release, as NetworkPolicy has peers. Takes root and name. */}}
{{- define "pawline.podsOf" -}}
- podSelector:
    matchLabels:
      {{- include "pawline.selectorLabels" . | nindent 6 }}
{{- end -}}

{{/* Who may reach a component's pods, and whom they may reach; nobody else. Takes the component with root. */}}
{{- define "pawline.networkPolicy" -}}
{{- $values := .root.Values -}}
{{- $peers := $values.networkPolicy -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "pawline.componentName" . }}
  labels:
    {{- include "pawline.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "pawline.selectorLabels" . | nindent 6 }}
  policyTypes:
    - Ingress
    - Egress
  ingress:
    {{- if eq .name "ingest" }}
    - ports:
        - {port: http, protocol: TCP}
      {{- with $peers.clients }}
      from:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- end }}
    {{- if and (eq .name "ingest") $values.simulator.enabled }}
    - ports:
        - {port: http, protocol: TCP}
      from:
        {{- include "pawline.podsOf" (dict "root" .root "name" "check") | nindent 8 }}
    {{- end }}
    {{- if eq .name "simulator" }}
    - ports:
        - {port: simulator, protocol: TCP}
      from:
        {{- range list "detect" "generate" "matting" "finalize" "callback" "check" }}
        {{- include "pawline.podsOf" (dict "root" $.root "name" .) | nindent 8 }}
        {{- end }}
    {{- end }}
    {{- if and (eq .name "ops") $peers.operators }}
    - ports:
        - {port: http, protocol: TCP}
      from:
        {{- toYaml $peers.operators | nindent 8 }}
    {{- end }}
    {{- if and .port $peers.monitoring }}
    - ports:
        - {port: http, protocol: TCP}
      from:
        {{- toYaml $peers.monitoring | nindent 8 }}
    {{- end }}
  egress:
    - ports:
        - {port: 53, protocol: UDP}
        - {port: 53, protocol: TCP}
      {{- with $peers.dns }}
      to:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- if has "kafka" .needs }}
    {{- include "pawline.egressRule" (list $peers.kafka (regexFindAll "[0-9]+(,|$)" $values.kafka.bootstrapServers -1 | join "" | trimSuffix "," | splitList "," | uniq)) | nindent 4 }}
    {{- if .port }}
    {{- include "pawline.egressRule" (list $peers.schemaRegistry (list (include "pawline.portOf" $values.schemaRegistry.url))) | nindent 4 }}
    {{- end }}
    {{- end }}
    {{- if and $values.simulator.enabled (or .stage (eq .name "check")) }}
    {{- include "pawline.egressRule" (list (include "pawline.podsOf" (dict "root" .root "name" "simulator") | fromYamlArray) (list "8089")) | nindent 4 }}
    {{- end }}
    {{- if eq .name "check" }}
    {{- include "pawline.egressRule" (list (include "pawline.podsOf" (dict "root" .root "name" "ingest") | fromYamlArray) (list "8080")) | nindent 4 }}
    {{- end }}
    {{- if and .port $values.tracing.endpoint }}
    {{- include "pawline.egressRule" (list $peers.tracing (list (include "pawline.portOf" $values.tracing.endpoint))) | nindent 4 }}
    {{- end }}
    {{- if has "database" .needs }}
    {{- $port := regexFind "[0-9]+$" (regexFind "^jdbc:postgresql://[^/]*:[0-9]+" $values.database.url) | default "5432" }}
    {{- include "pawline.egressRule" (list $peers.database (list $port)) | nindent 4 }}
    {{- end }}
    {{- if has "imageStore" .needs }}
    {{- include "pawline.egressRule" (list $peers.imageStore (list (include "pawline.portOf" ($values.imageStore.endpoint | default "https://s3")))) | nindent 4 }}
    {{- end }}
    {{- if has "ark" .needs }}
    {{- include "pawline.egressRule" (list $peers.providers (list (include "pawline.portOf" ($values.ark.baseUrl | default "https://ark")))) | nindent 4 }}
    {{- end }}
    {{- if has "visual" .needs }}
    {{- include "pawline.egressRule" (list $peers.providers (list (include "pawline.portOf" ($values.visual.baseUrl | default "https://visual")))) | nindent 4 }}
    {{- end }}
    {{- if has "outside" .needs }}
    {{- include "pawline.egressRule" (list $peers.outside (list "80" "443")) | nindent 4 }}
    {{- end }}
    {{- with .values.extraEgress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
